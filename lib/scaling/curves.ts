import type { LoadCurve } from "./simulate.ts";

/** Loads written down second by second, as `[jobs a second, for so many seconds]`: the days of a business, and worse. */
type Runs = readonly (readonly [perSecond: number, seconds: number])[];

function spread(runs: Runs): number[] {
  return runs.flatMap(([perSecond, seconds]) => Array.from({ length: seconds }, () => perSecond));
}

/** Answers that wait for a model: long, and next to no CPU. */
const ANSWER = { serviceMs: 1500, cpuMs: 15 };
/** Documents and hashes: CPU from the start to the end. */
const NUMBERS = { serviceMs: 200, cpuMs: 200 };

const MORNING: Runs = [[0, 60], [1, 60], [3, 60], [8, 120], [14, 180], [20, 240], [14, 120], [6, 120], [
  1,
  120,
]];
const CAMPAIGN: Runs = [[1, 120], [120, 20], [60, 20], [20, 40], [4, 120], [1, 180]];
const SAWTOOTH: Runs = Array.from({ length: 12 }, () => [[30, 20], [1, 40]] as const).flat();
const LULL: Runs = [[10, 120], [0, 240], [10, 120]];
const HEAVY: Runs = [[2, 60], [6, 120], [9, 120], [14, 60], [4, 180]];

export const LOAD_CURVES: readonly LoadCurve[] = [
  { name: "a morning of customers", arrivals: spread(MORNING), ...ANSWER },
  { name: "answers to a campaign", arrivals: spread(CAMPAIGN), ...ANSWER },
  { name: "bursts each minute", arrivals: spread(SAWTOOTH), ...ANSWER },
  { name: "a lull of four minutes", arrivals: spread(LULL), ...ANSWER },
  { name: "more numbers than cores", arrivals: spread(HEAVY), ...NUMBERS },
];
