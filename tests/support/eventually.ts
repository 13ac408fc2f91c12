import assert from "node:assert/strict";

type Found<T> = T | null | undefined | false;

export interface Patience {
  /** How long it may take, milliseconds; default 10,000. */
  readonly ms?: number;
  /** Between two looks; default 10. */
  readonly everyMs?: number;
}

/** Looks again until there is something and gives it, or fails. For what tells nobody that it has come about. */
export async function eventually<T>(
  what: string,
  look: () => Promise<Found<T>> | Found<T>,
  { ms = 10_000, everyMs = 10 }: Patience = {},
): Promise<T> {
  const until = performance.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() > until) assert.fail(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
