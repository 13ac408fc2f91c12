/** Timers of one length that ring when a test says so. */
export interface HeldTimers extends Disposable {
  /** How many wait. */
  readonly waiting: number;
  /** Rings all that wait, as if their time were over. */
  ring(): void;
}

/** The time that `performance` tells, while it stands still. */
export interface StillTime extends Disposable {
  pass(ms: number): void;
}

/** Lets no time pass for whoever asks `performance`, but what a test says. */
export function standStill(): StillTime {
  let at = Math.ceil(performance.now()); // whole, so that differences are exact
  performance.now = () => at;
  return {
    pass: (ms) => void (at += ms),
    [Symbol.dispose]: () => void Reflect.deleteProperty(performance, "now"),
  };
}

/**
 * Takes `setTimeout` and `setInterval` of exactly `ms`, or of that and more, out of the machine's hands until it is
 * disposed of: a test then says when their time is over, however slow the machine is. All others go on as ever.
 */
export function holdTimers(ms: number, { orMore = false } = {}): HeldTimers {
  const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
  const held = new Map<unknown, () => void>();
  let made = 0;
  const hold = (ring: () => void, { again }: { again: boolean }) => {
    const id = -1 - made++;
    held.set(id, () => {
      if (!again) held.delete(id);
      ring();
    });
    return id;
  };
  const keep =
    <Timer extends typeof setTimeout | typeof setInterval>(real: Timer, again: boolean) =>
    (ring: (...given: unknown[]) => void, wanted?: number, ...given: unknown[]) =>
      wanted === ms || (orMore && (wanted ?? 0) > ms)
        ? hold(() => ring(...given), { again })
        : real(ring, wanted, ...given);
  const drop = (real: typeof clearTimeout) => (id?: number) => void (held.delete(id) || real(id));
  Object.assign(globalThis, {
    setTimeout: keep(setTimeout, false),
    setInterval: keep(setInterval, true),
    clearTimeout: drop(clearTimeout),
    clearInterval: drop(clearInterval),
  });
  return {
    get waiting() {
      return held.size;
    },
    ring() {
      for (const ring of [...held.values()]) ring();
    },
    [Symbol.dispose]: () =>
      void Object.assign(globalThis, { setTimeout, setInterval, clearTimeout, clearInterval }),
  };
}
