/** The text of a value, or undefined where JSON has none (undefined, functions, cycles, bigint). */
export function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** The caller of `get` names the type that it stored under the key; a text that is not JSON is a miss. */
export function fromJson<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}
