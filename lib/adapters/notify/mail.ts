import { AppError, messageOf } from "../../kernel/errors.ts";
import { RetryAfter } from "../../kernel/retry.ts";
import { isOutcomeUnknown } from "../../ports/mail.ts";
import type { NotifyProvider } from "../../ports/notify.ts";
import type { NamedMailer } from "../mail/providers.ts";
import { notifyFailure, type NotifyFailureClass } from "../../ports/notify-failures.ts";

/** A way to mail as a provider. Only one that is idempotent can tell a repetition of a send that broke off. */
export function createMailProvider({ name, mailer, idempotent }: NamedMailer): NotifyProvider<"email"> {
  return {
    name,
    channel: "email",
    idempotent,
    async send({ html, subject, ...message }) {
      try {
        await mailer.send({ ...message, subject: subject ?? "", ...(html === null ? {} : { html }) });
      } catch (thrown) {
        throw thrown instanceof RetryAfter ? thrown : translate(thrown);
      }
      return { externalId: null, state: "sent" };
    },
  };
}

function translate(thrown: unknown): AppError {
  const kind = (): NotifyFailureClass => {
    if (isOutcomeUnknown(thrown) || !(thrown instanceof AppError)) return "outcome_unknown";
    if (thrown.code === "validation_failed") return "invalid_recipient";
    if (thrown.code === "rate_limited") return "rate_limited";
    return thrown.retryable ? "unavailable" : "rejected";
  };
  const retryAfterMs = thrown instanceof AppError ? thrown.retryAfterMs : undefined;
  return notifyFailure(kind(), messageOf(thrown), { cause: thrown, retryAfterMs });
}
