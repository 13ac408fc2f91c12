import { AppError, messageOf } from "./errors.ts";

/**
 * The JSON of a value. Throws AppError `validation_failed` for what JSON can't say: a function, a cycle, a number that
 * is none.
 */
export function serialise(value: unknown, what: string): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(value ?? null, refuseUnsayable);
  } catch (thrown) {
    throw new AppError("validation_failed", `${what} can't be written as JSON: ${messageOf(thrown)}`);
  }
  if (json === undefined) throw new AppError("validation_failed", `${what} can't be written as JSON`);
  return json;
}

function refuseUnsayable(key: string, value: unknown): unknown {
  const where = key === "" ? "" : ` at "${key.slice(0, 100)}"`;
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new TypeError(`${value}${where} is no number`);
  }
  if (typeof value === "function" || typeof value === "symbol") {
    throw new TypeError(`there is a ${typeof value}${where}`);
  }
  return value;
}
