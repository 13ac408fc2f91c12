import { DAY, HOUR } from "../kernel/clock.ts";
import type { MailAddress, ParsedMail } from "../ports/mail-parser.ts";
import { withoutTag } from "../mail-threads/mod.ts";
import type { RateLimitPolicy } from "../ports/rate-limit.ts";

/** What one mail may be; a larger one is refused as a whole. */
export const MAIL_LIMITS = { bytes: 35 * 1024 * 1024, files: 250, keepMs: 90 * DAY } as const;

/** Mails of one sender: what is more than a person writes is a machine. */
export const PER_SENDER = {
  name: "mail.sender",
  limit: 60,
  windowMs: HOUR,
} as const satisfies RateLimitPolicy;

const BULK = /^(bulk|junk|list|auto_reply)$/i;
const MACHINES = /^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+.=-].*)?@/i;

/**
 * Why a mail must not be taken as a person's (RFC 3834 and what servers write besides); null: it may. An answer to one
 * of these could be answered by a machine again, for ever.
 */
export function machineReason(
  { from, headers }: Pick<ParsedMail, "headers"> & { readonly from: MailAddress },
  own: ReadonlySet<string>,
): string | null {
  const auto = headers["auto-submitted"]?.split(";")[0]?.trim().toLowerCase();
  if (from.address === "") return "no_sender";
  if (own.has(withoutTag(from.address))) return "own_address";
  if (auto !== undefined && auto !== "no") return "auto_submitted";
  if (BULK.test(headers["precedence"]?.trim() ?? "")) return "precedence";
  if (headers["list-id"] !== undefined || headers["list-unsubscribe"] !== undefined) return "mailing_list";
  if (headers["x-autoreply"] !== undefined || headers["x-autorespond"] !== undefined) return "auto_reply";
  if (/^<>$/.test(headers["return-path"]?.trim() ?? "")) return "bounce";
  return MACHINES.test(from.address) ? "machine" : null;
}

const QUOTES = [
  /^on .{5,200} wrote:$/i,
  /^el .{5,200} escribió:$/i,
  /^-{2,} ?(original message|mensaje original) ?-{2,}$/i,
  /^_{10,}$/,
];

/** What is new in an answer: without the mail that it quotes below. */
export function withoutQuote(text: string): string {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const at = lines.findIndex((line, index) => {
    const here = line.trim();
    // Long names wrap the line that introduces the quote.
    const two = `${here} ${(lines[index + 1] ?? "").trim()}`;
    return QUOTES.some((quote) => quote.test(here) || quote.test(two));
  });
  const kept = at === -1 ? lines : lines.slice(0, at);
  while (kept.length > 0 && /^\s*(>.*)?$/.test(kept.at(-1) ?? "")) kept.pop();
  const words = kept.join("\n").trim();
  return words === "" ? text.trim() : words;
}
