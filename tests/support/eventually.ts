import assert from "node:assert/strict";

type Found<T> = T | null | undefined | false;

export interface Patience {
  /** How long it may take, milliseconds; default 60,000: only what never comes waits so long. */
  readonly ms?: number;
  /** Between two looks; default 10. */
  readonly everyMs?: number;
}

/** As it was before a test let it stand still. */
const clock = performance.now.bind(performance);

/** Looks again until there is something and gives it, or fails. For what tells nobody that it has come about. */
export async function eventually<T>(
  what: string,
  look: () => Promise<Found<T>> | Found<T>,
  { ms = 60_000, everyMs = 10 }: Patience = {},
): Promise<T> {
  const until = clock() + ms;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (clock() > until) assert.fail(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
