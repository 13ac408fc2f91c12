import { AppError, causeCode } from "../../kernel/errors.ts";

const STORAGE_RETRY_MS = 30_000;
/** The disk, not the statement: it fails, or a file is not to be had. */
const STORAGE = /^SQLITE_(?:IOERR|CANTOPEN|READONLY_)/;
const BUSY_RETRY_MS = 1000;

/** True for a lock that somebody else holds. */
export function isBusy(thrown: unknown): boolean {
  if (thrown instanceof AppError) return thrown.code === "busy";
  return causeCode(thrown, (code) => /^SQLITE_(BUSY|LOCKED)/.test(code)) !== undefined;
}

/** Says a lock, a full disk and one that fails in the words of the error catalogue; everything else passes as it is. */
export function asAppError(thrown: unknown): unknown {
  if (thrown instanceof AppError) return thrown;
  const options = { cause: thrown, retryAfterMs: STORAGE_RETRY_MS };
  if (causeCode(thrown, (code) => code.startsWith("SQLITE_FULL")) !== undefined) {
    return new AppError("storage_full", "The database is full: nothing was written", options);
  }
  if (causeCode(thrown, (code) => STORAGE.test(code)) !== undefined) {
    return new AppError("storage_failed", "The database's disk failed: nothing was written", options);
  }
  return isBusy(thrown) ? busy(thrown) : thrown;
}

/** The database is held by somebody else for longer than a caller should wait. */
export function busy(cause?: unknown, detail = "The database is busy: nothing was written"): AppError {
  return new AppError("busy", detail, {
    retryAfterMs: BUSY_RETRY_MS,
    ...(cause === undefined ? {} : { cause }),
  });
}
