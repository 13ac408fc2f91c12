import type { Address, Email } from "postal-mime";
import { AppError } from "../../kernel/errors.ts";
import {
  DELIVERED_HEADERS,
  type MailAddress,
  type MailParser,
  type ParsedMail,
} from "../../ports/mail-parser.ts";

/** Limits of one mail: nothing that a sender nests or repeats takes our memory. */
const LIMITS = { maxNestingDepth: 40, maxHeadersSize: 512 * 1024 } as const;

const DELIVERED: ReadonlySet<string> = new Set(DELIVERED_HEADERS);

export function createMailParser(): MailParser {
  return {
    async parse(raw) {
      const { default: PostalMime } = await import("postal-mime");
      try {
        return read(await PostalMime.parse(raw, { attachmentEncoding: "arraybuffer", ...LIMITS }));
      } catch (cause) {
        throw new AppError("bad_request", "The mail can't be read", { cause });
      }
    },
  };
}

function read(mail: Email): ParsedMail {
  const headers: Record<string, string> = {};
  for (const { key, value } of mail.headers) headers[key] ??= value;
  const delivered = mail.headers.filter(({ key }) => DELIVERED.has(key))
    .map(({ value }) => value.replace(/[<>\s]/g, "").toLowerCase());
  const named = [...mail.to ?? [], ...mail.cc ?? []].flatMap(addressesIn).map(({ address }) => address);
  return {
    from: (mail.from === undefined ? [] : addressesIn(mail.from))[0] ?? { name: "", address: "" },
    recipients: [...new Set([...named, ...delivered])].filter(Boolean),
    delivered: [...new Set(delivered)].filter(Boolean),
    subject: mail.subject ?? "",
    text: mail.text?.trim() ? mail.text : wordsOf(mail.html ?? ""),
    messageId: idsIn(mail.messageId ?? "")[0] ?? null,
    references: [...idsIn(mail.references ?? ""), ...idsIn(mail.inReplyTo ?? "")],
    headers,
    files: mail.attachments.map(({ filename, content }, at) => ({
      name: filename ?? `file-${at + 1}`,
      bytes: bytesOf(content),
    })),
  };
}

function addressesIn(one: Address): MailAddress[] {
  if (one.group !== undefined) return one.group.flatMap(addressesIn);
  return [{ name: one.name, address: (one.address ?? "").trim().toLowerCase() }];
}

function bytesOf(content: ArrayBuffer | Uint8Array | string): Uint8Array<ArrayBuffer> {
  if (typeof content === "string") return new TextEncoder().encode(content);
  return content instanceof ArrayBuffer ? new Uint8Array(content) : new Uint8Array(content);
}

function idsIn(text: string): string[] {
  return text.match(/<[^\s<>]{1,900}>/g) ?? [];
}

/** The words of HTML, for mails that have no plain ones. */
function wordsOf(html: string): string {
  return html.replace(/<(style|script|head|title)\b[\s\S]*?<\/\1\s*>/gi, "")
    .replace(/<(br|\/p|\/div|\/tr|\/h[1-6]|\/li)\b[^>]*>/gi, "\n").replace(/<[^>]*>/g, "")
    .replaceAll("&nbsp;", " ").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'").replaceAll("&amp;", "&").replace(/[ \t]+\n/g, "\n").replace(/\n{3,}/g, "\n\n")
    .trim();
}
