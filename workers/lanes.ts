import { type Lane, LANES } from "../lib/kernel/define-job.ts";

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

/** Reads `cpu,io=8` (a lane with how many at once). Throws with every name that is wrong. */
export function readLanes(
  text: string | null,
  otherwise: readonly Lane[] = TASK_LANES,
): Partial<Record<Lane, number>> {
  const parts = text?.split(",").map((part) => part.trim()).filter(Boolean) ?? [...otherwise];
  const lanes: Partial<Record<Lane, number>> = {};
  const problems: string[] = [];
  for (const part of parts) {
    const [name = "", count] = part.split("=");
    const lane = LANES.find((one) => one === name);
    const places = count === undefined ? 0 : Number(count);
    if (lane === undefined) problems.push(`there is no lane "${name}"`);
    else if (!Number.isInteger(places) || places < 0 || places > MOST || count === "") {
      problems.push(`"${part}": a lane runs 1 to ${MOST} jobs at once`);
    } else lanes[lane] = places || USUAL_LANES[lane];
  }
  if (parts.length === 0) problems.push("it names no lane");
  if (problems.length === 0) return lanes;
  throw new RangeError(`${problems.join("; ")}. Lanes: ${LANES.join(", ")}; such as cpu,io=8`);
}
