import { z } from "zod";
import { AppError } from "../kernel/errors.ts";
import { wordsOfHtml } from "../kernel/html-words.ts";
import { DELIVERED_HEADERS, type ParsedMail } from "../ports/mail-parser.ts";

const list = z.union([z.string(), z.array(z.string())]).nullish().transform((one) =>
  typeof one === "string" ? [one] : one ?? []
);
const words = z.string().nullish().transform((one) => one ?? "");
/** Some tell a header that comes several times as a list; the first counts. */
const header = list.transform((one) => one[0] ?? null);

/** Whom a mail is for, as its writer and as the servers on the way name them. */
const addressed = {
  to: list,
  cc: list,
  /** What the sending server said at the door (RFC 5321, 3.3). */
  envelope: z.object({ to: list }).nullish().transform((one) => one ?? { to: [] }),
  headers: z.record(z.string(), header).nullish().transform((one) => one ?? {}),
};

/** What mail providers tell of an inbound mail as JSON; unknown fields are ignored. */
const mailSchema = z.object({
  ...addressed,
  from: z.string(),
  reply_to: list,
  subject: words,
  text: words,
  /** Of which the words are taken when there is no text. */
  html: words,
  message_id: z.string().nullish(),
  in_reply_to: z.string().nullish(),
  references: list,
  attachments: z.array(z.object({
    filename: z.string().nullish().transform((one) => one ?? "file"),
    /** Base64. */
    content: z.string(),
  })).nullish().transform((one) => one ?? []),
});

/** Throws AppError `bad_request` for what is no such mail. */
export function parseProviderMail(raw: Uint8Array<ArrayBuffer>): ParsedMail {
  return reading(() => {
    const mail = mailSchema.parse(JSON.parse(new TextDecoder().decode(raw)));
    const headers = lowered(mail.headers);
    const ids = (text: string) => text.match(/<[^\s<>]{1,900}>/g) ?? [];
    return {
      from: addressIn(mail.from),
      replyTo: addressesIn([...mail.reply_to, headers["reply-to"] ?? ""])
        .find(({ address }) => address.includes("@")) ?? null,
      ...recipientsIn(mail),
      subject: mail.subject,
      text: mail.text.trim() === "" ? wordsOfHtml(mail.html) : mail.text,
      messageId: ids(mail.message_id ?? headers["message-id"] ?? "")[0] ?? null,
      references: [
        ...mail.references.flatMap(ids),
        ...ids(headers["references"] ?? ""),
        ...ids(mail.in_reply_to ?? headers["in-reply-to"] ?? ""),
      ],
      headers,
      files: mail.attachments.map(({ filename, content }) => ({
        name: filename,
        bytes: Uint8Array.from(atob(content), (c) => c.charCodeAt(0)),
      })),
    };
  });
}

/** The same for whom it is for alone: no file is decoded. */
export function parseProviderRecipients(raw: Uint8Array<ArrayBuffer>): Recipients {
  return reading(() => recipientsIn(z.object(addressed).parse(JSON.parse(new TextDecoder().decode(raw)))));
}

type Recipients = Pick<ParsedMail, "recipients" | "delivered">;

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new AppError("bad_request", "The mail can't be read", { cause });
  }
}

function recipientsIn(mail: z.output<z.ZodObject<typeof addressed>>): Recipients {
  const headers = lowered(mail.headers);
  const addresses = (texts: readonly string[]) =>
    addressesIn(texts).map(({ address }) => address).filter(Boolean);
  const delivered = addresses([
    ...mail.envelope.to,
    ...DELIVERED_HEADERS.flatMap((name) => headers[name] ?? []),
  ]);
  const named = addresses([...mail.to, ...mail.cc]);
  return { recipients: [...new Set([...named, ...delivered])], delivered: [...new Set(delivered)] };
}

function lowered(headers: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => value === null ? [] : [[name.toLowerCase(), value]]),
  );
}

/** Each may name several. */
function addressesIn(texts: readonly string[]): { name: string; address: string }[] {
  return texts.flatMap((one) => one.split(",")).map(addressIn);
}

function addressIn(text: string): { name: string; address: string } {
  const [, name = "", address = text] = /^\s*"?([^"<]*?)"?\s*<([^<>]*)>\s*$/.exec(text) ?? [];
  return { name: name.trim(), address: address.trim().toLowerCase() };
}
