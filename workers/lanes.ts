import { type Lane, LANES } from "../lib/kernel/define-job.ts";
import type { Bounds } from "../lib/scaling/mod.ts";

/** Jobs of each lane that a process runs at once when nobody says otherwise. */
export const USUAL_LANES = {
  interactive: 32,
  default: 16,
  bulk: 4,
  maintenance: 1,
  cpu: 2,
  io: 32,
  memory: 1,
  network: 32,
  general: 16,
} as const satisfies Record<Lane, number>;

/** The lanes of tasks: what a worker runs when it is not told. */
const TASK_LANES = ["cpu", "io", "memory", "network", "general"] as const satisfies readonly Lane[];

const MOST = 1000;

/** Between which numbers a lane is scaled on a machine of so many cores; the others stay as they are. */
const scaledOn = (cores: number) =>
  ({
    interactive: { least: 16, most: 64 },
    default: { least: 8, most: 64 },
    bulk: { least: 2, most: 16 },
    cpu: { least: 1, most: cores },
    memory: { least: 1, most: Math.max(1, Math.floor(cores / 2)) },
    io: { least: 8, most: 64 },
    network: { least: 8, most: 64 },
    general: { least: 4, most: 32 },
  }) as const satisfies Partial<Record<Lane, Bounds>>;

export interface Lanes {
  /** How many jobs of each lane run at once to begin with. */
  readonly lanes: Partial<Record<Lane, number>>;
  /** Of those that were named without a number: between which they are scaled. */
  readonly bounds: Partial<Record<Lane, Bounds>>;
}

/** Reads `cpu,io=8`: lanes, with how many at once if that is to stay so. Throws with every name that is wrong. */
export function readLanes(
  text: string | null,
  { otherwise = TASK_LANES, cores = navigator.hardwareConcurrency }: {
    otherwise?: readonly Lane[];
    cores?: number;
  } = {},
): Lanes {
  const parts = text?.split(",").map((part) => part.trim()).filter(Boolean) ?? [...otherwise];
  const scaled: Partial<Record<Lane, Bounds>> = scaledOn(cores);
  const lanes: Lanes["lanes"] = {};
  const bounds: Lanes["bounds"] = {};
  const problems: string[] = [];
  for (const part of parts) {
    const [name = "", count] = part.split("=");
    const lane = LANES.find((one) => one === name);
    const places = count === undefined ? null : Number(count);
    if (lane === undefined) problems.push(`there is no lane "${name}"`);
    else if (places !== null && !(Number.isInteger(places) && places >= 1 && places <= MOST)) {
      problems.push(`"${part}": a lane runs 1 to ${MOST} jobs at once`);
    } else {
      lanes[lane] = places ?? USUAL_LANES[lane];
      const between = scaled[lane];
      if (places === null && between !== undefined) bounds[lane] = between;
    }
  }
  if (parts.length === 0) problems.push("it names no lane");
  if (problems.length === 0) return { lanes, bounds };
  throw new RangeError(`${problems.join("; ")}. Lanes: ${LANES.join(", ")}; such as cpu,io=8`);
}
