/** The value under which the share `q` of the sorted values lies. */
export function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;
}

/** Two decimals. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const EVERY_MS = 2;

/** Measures how late a timer fires, milliseconds; `stop` gives the sorted samples. */
export function loopDelay(): { stop(): number[] } {
  const samples: number[] = [];
  let due = performance.now() + EVERY_MS;
  let timer = setTimeout(tick, EVERY_MS);
  function tick() {
    const now = performance.now();
    samples.push(Math.max(0, now - due));
    due = now + EVERY_MS;
    timer = setTimeout(tick, EVERY_MS);
  }
  return {
    stop() {
      clearTimeout(timer);
      return samples.sort((a, b) => a - b);
    },
  };
}
