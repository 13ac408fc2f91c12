import { ZodError } from "zod";
import { AppError, messageOf } from "../lib/kernel/errors.ts";
import { fieldErrorsOf } from "../lib/kernel/issues.ts";

/** What went wrong, for standard error; with `json` as one object of the wire's members. */
export function explain(thrown: unknown, json: boolean): string {
  const error = thrown instanceof ZodError ? ofFlags(thrown) : thrown;
  if (!(error instanceof AppError)) {
    return json ? JSON.stringify({ detail: messageOf(error) }) : messageOf(error);
  }
  const { code, message, errors } = error;
  if (json) return JSON.stringify({ code, detail: message, ...(errors.length > 0 ? { errors } : {}) });
  const fields = errors.map((field) => `${field.path}: ${field.message}`).filter((line) =>
    !message.includes(line)
  );
  return [`${message} (${code})`, ...fields].join("\n  ");
}

/** What a schema refused, under the flags that it came by. */
function ofFlags(refused: ZodError): AppError {
  const errors = fieldErrorsOf(refused).map(({ path, message }) => ({
    path: `--${path.replaceAll("_", "-")}`,
    message,
  }));
  const all = errors.map(({ path, message }) => `${path}: ${message}`).join("; ");
  return new AppError("validation_failed", all, { errors, cause: refused });
}
