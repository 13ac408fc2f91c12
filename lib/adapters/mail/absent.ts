import { MINUTE } from "../../kernel/clock.ts";
import { RetryAfter } from "../../kernel/retry.ts";
import type { Mailer } from "../../ports/mail.ts";

/** Mail where there are no sockets: a job that mails is put off, unharmed, for a server on the same database. */
export function createAbsentMailer(): Mailer {
  const detail =
    "SMTP is not offered at the edge: run deno task start on the same database, it sends the mails";
  return { configured: true, send: () => Promise.reject(new RetryAfter(10 * MINUTE, detail)) };
}
