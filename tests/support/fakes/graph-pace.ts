import { refuse } from "./graph-errors.ts";

export interface Pace {
  /** Messages to one customer within `pairWindowMs`. */
  readonly perPair: number;
  readonly pairWindowMs: number;
  /** Messages of one number within a second. */
  readonly perNumber: number;
}

/** Refuses with 131056 or 130429 what comes too fast; null: nothing is too fast. */
export function createPace(pace: Pace | null, now: () => number) {
  const seen = new Map<string, number[]>();
  const count = (key: string, windowMs: number) => {
    const recent = (seen.get(key) ?? []).filter((at) => now() - at < windowMs);
    seen.set(key, recent);
    return recent;
  };
  return {
    check(number: string, to: string): void {
      if (pace === null) return;
      const pair = count(`${number}|${to}`, pace.pairWindowMs);
      if (pair.length >= pace.perPair) refuse(131056, "Too many messages to this customer");
      const all = count(number, 1000);
      if (all.length >= pace.perNumber) refuse(130429, "Cloud API message throughput has been reached");
      pair.push(now());
      all.push(now());
    },
  };
}
