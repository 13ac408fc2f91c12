import { AppError, messageOf } from "../../kernel/errors.ts";
import { RetryAfter } from "../../kernel/retry.ts";
import { isOutcomeUnknown, type Mailer } from "../../ports/mail.ts";
import type { NotifyProvider } from "../../ports/notify.ts";
import { notifyFailure, type NotifyFailureClass } from "../../ports/notify-failures.ts";

/** The mail server as a provider. It can't tell a repetition: a send that broke off may have arrived. */
export function createMailProvider(mail: Mailer): NotifyProvider<"email"> {
  return {
    name: "smtp",
    channel: "email",
    idempotent: false,
    async send({ html, subject, ...message }) {
      try {
        await mail.send({ ...message, subject: subject ?? "", ...(html === null ? {} : { html }) });
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
    return thrown.retryable ? "unavailable" : "rejected";
  };
  return notifyFailure(kind(), messageOf(thrown), { cause: thrown });
}
