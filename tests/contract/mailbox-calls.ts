import { AppError, type ErrorCode } from "../../lib/kernel/errors.ts";

/** Whether what was thrown is an error of this code that says so. */
export const failsWith = (code: ErrorCode, message: RegExp) => (error: unknown) =>
  error instanceof AppError && error.code === code && message.test(error.message);

/** A signal that never comes. */
export const forever = () => new AbortController().signal;
