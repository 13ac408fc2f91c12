import { AppError } from "../../kernel/errors.ts";
import { RetryAfter } from "../../kernel/retry.ts";
import type { Mailer } from "../../ports/mail.ts";
import { createDisabledMailer } from "./disabled.ts";

/**
 * Several ways to mail as one: what one can't do the next one tries, at once. For mails that do no harm when they
 * arrive twice and much when they don't arrive. Throws what promises most: a try later before a refusal.
 */
export function createMailersInOrder(mailers: readonly (Mailer | null)[]): Mailer {
  const [first, ...rest] = mailers.filter((mailer) => mailer !== null).filter(({ configured }) => configured);
  if (first === undefined) return createDisabledMailer();
  if (rest.length === 0) return first;
  return {
    configured: true,
    async send(mail) {
      const failures: unknown[] = [];
      for (const mailer of [first, ...rest]) {
        try {
          return await mailer.send(mail);
        } catch (thrown) {
          if (thrown instanceof AppError && thrown.code === "validation_failed") throw thrown;
          failures.push(thrown);
        }
      }
      throw failures.find(passes) ?? failures.at(-1);
    },
  };
}

function passes(thrown: unknown): boolean {
  return thrown instanceof RetryAfter || (thrown instanceof AppError && thrown.retryable);
}
