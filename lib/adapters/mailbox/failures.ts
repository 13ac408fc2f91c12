import { AppError, messageOf } from "../../kernel/errors.ts";

/** Codes of imapflow for an answer that did not come. */
const LATE = new Set(["CONNECT_TIMEOUT", "GREETING_TIMEOUT", "UPGRADE_TIMEOUT", "ETIMEOUT", "ETIMEDOUT"]);
/** RFC 5530, 3: a sign-in refused for now, whatever the password. */
const FOR_NOW = new Set(["UNAVAILABLE", "INUSE", "LIMIT"]);

/** What imapflow threw, in our words; what a person must mend first is `upstream_rejected`. */
export function translate(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const part = (name: string) => thrown instanceof Error ? Reflect.get(thrown, name) : undefined;
  const code = String(part("code") ?? "");
  const said = oneLine(String(part("responseText") ?? "") || code || messageOf(thrown));
  if (part("authenticationFailed") === true) {
    const passes = FOR_NOW.has(String(part("serverResponseCode")).toUpperCase());
    return new AppError(
      passes ? "upstream_failed" : "upstream_rejected",
      `The mailbox's server refused the sign-in (${said})`,
      { cause: thrown },
    );
  }
  if (part("tlsFailed") === true) {
    return new AppError("upstream_rejected", `The mailbox's server offers no safe connection (${said})`, {
      cause: thrown,
    });
  }
  if (LATE.has(code)) {
    return new AppError("upstream_timeout", "The mailbox's server did not answer in time", { cause: thrown });
  }
  return new AppError("upstream_failed", `The mailbox could not be read (${said})`, { cause: thrown });
}

/** A command that the server refused, or answered with something else. */
export function unanswered(command: string): AppError {
  return new AppError("upstream_failed", `The mailbox's server gave no answer to ${command}`);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim().slice(0, 200);
}
