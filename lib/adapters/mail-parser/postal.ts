import type { Address, Email } from "postal-mime";
import { AppError } from "../../kernel/errors.ts";
import { wordsOfHtml } from "../../kernel/html-words.ts";
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
      const parse = async (bytes: Uint8Array) =>
        read(await PostalMime.parse(bytes, { attachmentEncoding: "arraybuffer", ...LIMITS }));
      try {
        const sent = withReadableHeaders(raw);
        const mail = await parse(sent);
        return isGarbled(mail.text) ? await parse(withCharset(sent)) : mail;
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
    replyTo: (mail.replyTo ?? []).flatMap(addressesIn).find(({ address }) => address !== "") ?? null,
    recipients: [...new Set([...named, ...delivered])].filter(Boolean),
    delivered: [...new Set(delivered)].filter(Boolean),
    subject: mail.subject ?? "",
    text: mail.text?.trim() ? mail.text : wordsOfHtml(mail.html ?? ""),
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

/** What is neither UTF-8 nor said to be anything else was written by a program of the old days. */
const OLD = "windows-1252";

/** Headers with letters that they should have encoded (RFC 2047), as UTF-8. */
function withReadableHeaders(raw: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const end = raw.findIndex((byte, at) =>
    byte === 10 && (raw[at + 1] === 10 || (raw[at + 1] === 13 && raw[at + 2] === 10))
  );
  const head = end === -1 ? raw : raw.subarray(0, end);
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head);
    return raw;
  } catch {
    const written = new TextEncoder().encode(new TextDecoder(OLD).decode(head));
    return joined(written, raw.subarray(head.byteLength));
  }
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.byteLength + other.byteLength);
  both.set(one);
  both.set(other, one.byteLength);
  return both;
}

/** Whether hardly a letter beyond ASCII could be read: the text is not in the encoding that it was taken for. */
function isGarbled(text: string): boolean {
  let beyond = 0;
  let lost = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 0x7f) beyond++;
    if (unit === 0xfffd) lost++;
  }
  return lost * 2 > beyond;
}

const BYTES_A_TURN = 8192;

/** The mail with its texts said to be what they are, where it says nothing of it. Each byte is one character here. */
function withCharset(raw: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const parts: string[] = [];
  for (let at = 0; at < raw.byteLength; at += BYTES_A_TURN) {
    parts.push(String.fromCharCode(...raw.subarray(at, at + BYTES_A_TURN)));
  }
  const said = parts.join("").replace(
    /^(content-type:[ \t]*text\/(?:plain|html))(.*(?:\r?\n[ \t].*)*)/gim,
    (whole, type: string, more: string) => /charset/i.test(more) ? whole : `${type}; charset=${OLD}${more}`,
  );
  const named = /^content-type:/im.test(said.slice(0, said.search(/\r?\n\r?\n|$/)));
  return oldBytes(named ? said : `Content-Type: text/plain; charset=${OLD}\r\n${said}`);
}

/** One byte a character; `Uint8Array.from` takes thirty times as long. */
function oldBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}
