import { AppError } from "../../kernel/errors.ts";

const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/;
const MAX_LENGTH = 512;

/** Throws AppError `bad_request` unless the key is made of plain segments: no `..`, no leading dot, no empty one. */
export function checkKey(key: string): void {
  if (key.length <= MAX_LENGTH && key.split("/").every((segment) => SEGMENT.test(segment))) return;
  throw new AppError("bad_request", "A blob's key may have only letters, digits, _ . - and /");
}

/** The same for the beginning of a key, which may be empty or end within a segment. */
export function checkPrefix(prefix: string): void {
  if (prefix !== "") checkKey(prefix.endsWith("/") ? prefix.slice(0, -1) : prefix);
}
