/** A builder's query is run some promises after it is awaited. */
const HOPS = 8;

/**
 * Runs `work` once whatever is at hand in this turn of the loop has asked for its statements. By microtasks alone: a
 * runtime may cut one request off from another's timers.
 */
export function atEndOfTurn(work: () => void): void {
  let left = HOPS;
  const hop = () => left-- > 0 ? queueMicrotask(hop) : work();
  hop();
}
