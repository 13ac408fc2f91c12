import { AppError } from "../../kernel/errors.ts";
import type { Mailer } from "../../ports/mail.ts";
import { createDisabledMailer } from "./disabled.ts";
import type { NamedMailer } from "./providers.ts";

/**
 * Several ways to mail as one: what one can't do for now the next one tries, at once; a refusal that is final is the
 * answer. For mails that do no harm when they arrive twice and much when they don't arrive.
 */
export function createMailersInOrder(mailers: readonly NamedMailer[]): Mailer {
  const [first, ...rest] = mailers.map(({ mailer }) => mailer);
  if (first === undefined) return createDisabledMailer();
  if (rest.length === 0) return first;
  return {
    configured: true,
    async send(mail) {
      let failure: unknown;
      for (const mailer of [first, ...rest]) {
        try {
          return await mailer.send(mail);
        } catch (thrown) {
          if (thrown instanceof AppError && !thrown.retryable) throw thrown;
          failure = thrown;
        }
      }
      throw failure;
    },
  };
}
