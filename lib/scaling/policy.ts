/** Between which numbers of jobs at once a lane may be scaled. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** What is seen of a lane at one look. */
export interface LaneSample {
  /** How long the first of those that are ready has waited; 0: none is ready. */
  readonly waitMs: number;
  readonly running: number;
  /** The share of the machine's cores that this process uses, 0 to 1. */
  readonly cpu: number;
}

/** What the policy remembers of a lane between two looks. */
export interface LaneScale {
  readonly concurrency: number;
  /** Looks in a row at which half of it would have done. */
  readonly calm: number;
  /** Looks since it grew: what was added must have had time to show. */
  readonly settled: number;
}

export interface ScaleRule {
  /** Longer than this nobody should wait. */
  readonly targetMs: number;
  /** Above this share of the cores more at once would only make each slower. */
  readonly fullCpu: number;
  /** Calm looks before it shrinks: growing is cheap, and a lull is often short. */
  readonly calmLooks: number;
  /** Looks between two growths. */
  readonly settleLooks: number;
}

export const SCALE_RULE: ScaleRule = { targetMs: 250, fullCpu: 0.9, calmLooks: 30, settleLooks: 1 };

export function startScale({ least }: Bounds, concurrency = least): LaneScale {
  return { concurrency, calm: 0, settled: 0 };
}

/**
 * How many jobs of a lane to run at once from now on. Pure: one look, one answer. It grows by half (twice as much when
 * the wait is four times what it should be) while all places are taken, somebody waits and there is CPU left; it gives
 * a quarter back after a long calm. On a machine that is full it stays as it is.
 */
export function scaleLane(
  before: LaneScale,
  { waitMs, running, cpu }: LaneSample,
  { least, most }: Bounds,
  rule: ScaleRule = SCALE_RULE,
): LaneScale {
  const { concurrency } = before;
  const settled = before.settled + 1;
  const within = (wanted: number) => Math.min(most, Math.max(least, wanted));
  const busy = running >= concurrency;
  if (waitMs > rule.targetMs && busy) {
    if (cpu >= rule.fullCpu) return { concurrency: within(concurrency), calm: 0, settled };
    if (settled <= rule.settleLooks) return { concurrency: within(concurrency), calm: 0, settled };
    const factor = waitMs > 4 * rule.targetMs ? 2 : 1.5;
    return { concurrency: within(Math.ceil(concurrency * factor)), calm: 0, settled: 0 };
  }
  const idle = waitMs <= rule.targetMs / 4 && running <= concurrency / 2;
  if (!idle) return { concurrency: within(concurrency), calm: 0, settled };
  const calm = before.calm + 1;
  if (calm < rule.calmLooks) return { concurrency: within(concurrency), calm, settled };
  return { concurrency: within(Math.max(running, Math.floor(concurrency * 0.75))), calm: 0, settled };
}
