/** An answer that is JSON already: `c.json` sends it as it is (middleware/headers.ts). */
export class JsonText {
  constructor(readonly text: string) {}
}

/** The text of a value of that type, where a route answers such a value. */
export function jsonText<T>(text: string): T {
  return new JsonText(text) as T;
}
