import { AppError, messageOf } from "./errors.ts";

/**
 * The JSON of a value. Throws AppError `validation_failed` for what JSON can't say: a function, a cycle, a number that
 * is none; and for what is nested too deep.
 */
export function serialise(value: unknown, what: string): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(value ?? null, refuseUnsayable);
  } catch (thrown) {
    throw new AppError("validation_failed", `${what} can't be written as JSON: ${messageOf(thrown)}`);
  }
  if (json === undefined) throw new AppError("validation_failed", `${what} can't be written as JSON`);
  if (isNestedTooDeep(json)) {
    throw new AppError("validation_failed", `${what} is nested more than ${MOST_NESTED} levels deep`);
  }
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

const QUOTE = 0x22, BACKSLASH = 0x5c;
/** Brackets and braces differ by this bit alone. */
const BRACE = 0x20, OPEN = 0x7b, CLOSE = 0x7d;

/** Levels of JSON: far more than anything here is made of; a thousand are too many for SQLite, some more for a stack. */
export const MOST_NESTED = 200;

/** Whether JSON is nested deeper than `MOST_NESTED`, without reading it. A text under twice that length can't be. */
export function isNestedTooDeep(json: string): boolean {
  if (json.length <= 2 * MOST_NESTED) return false;
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(json, at);
    } else if ((code | BRACE) === OPEN) {
      if (++depth > MOST_NESTED) return true;
    } else if ((code | BRACE) === CLOSE) {
      depth--;
    }
  }
  return false;
}

/** Where the quote is that ends the string which begins at `from`; the end of the text when none does. */
function endOfString(json: string, from: number): number {
  for (let end = json.indexOf('"', from + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let escapes = 0;
    while (json.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return end;
  }
  return json.length;
}

/** The value of a JSON text; undefined: it is none. For what others send, which a schema judges next. */
export function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
