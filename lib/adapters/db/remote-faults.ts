import { AppError, causeCode, type ErrorCode, ERRORS, messageOf } from "../../kernel/errors.ts";
import { asAppError } from "./faults.ts";

/** What the owner of a file says of its own, and what goes wrong on the way to it. */
const OWNERS_CODE = /^CAUCE_/;
const TRANSPORT_CODE = /^(?:HRANA_|SERVER_ERROR$)/;

/** What a remote database threw, in the words of the error catalogue where it has any for it. */
export function asRemoteError(thrown: unknown): unknown {
  const known = asAppError(thrown);
  if (known instanceof AppError) return known;
  const code = causeCode(thrown, (one) => OWNERS_CODE.test(one))?.replace(OWNERS_CODE, "");
  if (isErrorCode(code)) return new AppError(code, messageOf(thrown), { cause: thrown });
  // fetch throws TypeError for whatever goes wrong on the way.
  if (thrown instanceof TypeError || causeCode(thrown, (one) => TRANSPORT_CODE.test(one)) !== undefined) {
    return new AppError("upstream_failed", "The database can't be reached", { cause: thrown });
  }
  return thrown;
}

function isErrorCode(code: string | undefined): code is ErrorCode {
  return code !== undefined && code in ERRORS;
}
