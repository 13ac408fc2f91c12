import { z } from "zod";
import { AppError } from "../kernel/errors.ts";
import type { ParsedMail } from "../ports/mail-parser.ts";

const list = z.union([z.string(), z.array(z.string())]).transform((one) =>
  typeof one === "string" ? [one] : one
);

/** What mail providers tell of an inbound mail as JSON; unknown fields are ignored. */
const mailSchema = z.object({
  from: z.string(),
  to: list.default([]),
  cc: list.default([]),
  subject: z.string().default(""),
  text: z.string().default(""),
  message_id: z.string().optional(),
  in_reply_to: z.string().optional(),
  references: list.default([]),
  headers: z.record(z.string(), z.string()).default({}),
  attachments: z.array(z.object({
    filename: z.string().default("file"),
    /** Base64. */
    content: z.string(),
  })).default([]),
});

/** Throws AppError `bad_request` for what is no such mail. */
export function parseProviderMail(raw: Uint8Array<ArrayBuffer>): ParsedMail {
  try {
    const mail = mailSchema.parse(JSON.parse(new TextDecoder().decode(raw)));
    const headers = Object.fromEntries(
      Object.entries(mail.headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const ids = (text: string) => text.match(/<[^\s<>]{1,900}>/g) ?? [];
    return {
      from: addressIn(mail.from),
      recipients: [...mail.to, ...mail.cc].flatMap((one) => one.split(",")).map((one) =>
        addressIn(one).address
      )
        .filter(Boolean),
      subject: mail.subject,
      text: mail.text,
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
  } catch (cause) {
    throw new AppError("bad_request", "The mail can't be read", { cause });
  }
}

function addressIn(text: string): { name: string; address: string } {
  const [, name = "", address = text] = /^\s*"?([^"<]*?)"?\s*<([^<>]*)>\s*$/.exec(text) ?? [];
  return { name: name.trim(), address: address.trim().toLowerCase() };
}
