import { AppError } from "./errors.ts";

/** The versions under which a change is wanted (of an `If-Match`); undefined: any will do. */
export type Versions = readonly number[] | undefined;

/** Throws 412 unless a row has one of the versions; `what` names it in the message. */
export function requireVersion(
  { version }: { readonly version: number },
  { versions, what }: { readonly versions: Versions; readonly what: string },
): void {
  if (versions === undefined || versions.includes(version)) return;
  throw new AppError("precondition_failed", `The ${what} has version ${version} by now: read it again`, {
    extra: { version },
  });
}
