/** Chance that comes out the same for the same seed (mulberry32). */
export interface Chance {
  /** 0 up to, not including, 1. */
  next(): number;
  /** From `low` to `high`, both included. */
  int(low: number, high: number): number;
  of<T>(values: readonly [T, ...T[]]): T;
  happens(share: number): boolean;
}

export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    int,
    of: (values) => values[int(0, values.length - 1)] ?? values[0],
    happens: (share) => next() < share,
  };
}
