import { notConfigured } from "../../kernel/errors.ts";
import type { Mailer } from "../../ports/mail.ts";

/** Mail without SMTP settings: every send is refused with what to set. */
export function createDisabledMailer(): Mailer {
  return {
    configured: false,
    send: () => Promise.reject(notConfigured("Mail", ["SMTP_HOST (or RESEND_API_KEY)", "MAIL_FROM"])),
  };
}
