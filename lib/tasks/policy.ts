import { JOB_STATE, type JobState } from "../jobs/mod.ts";
import type { Lane } from "../kernel/define-job.ts";
import { WORKER_TYPE_NAMES, WORKER_TYPES, type WorkerType } from "../kernel/define-function.ts";
import { PRIORITIES, type Priority, PRIORITY_NAMES, type TaskState } from "./schemas.ts";

/** Tasks are jobs by these names, so that no function can be mistaken for a job of ours. */
const PREFIX = "task:";

export function jobNameOf(functionName: string): string {
  return `${PREFIX}${functionName}`;
}

export function functionNameOf(jobName: string): string {
  return jobName.startsWith(PREFIX) ? jobName.slice(PREFIX.length) : jobName;
}

const typeByLane = new Map<Lane, WorkerType>(WORKER_TYPE_NAMES.map((type) => [WORKER_TYPES[type], type]));

export function workerTypeOf(lane: Lane): WorkerType {
  return typeByLane.get(lane) ?? "GENERAL_PURPOSE";
}

export function priorityOf(stored: number): Priority {
  return PRIORITY_NAMES.find((name) => PRIORITIES[name] === stored) ?? "NORMAL";
}

const STATES = {
  [JOB_STATE.ready]: "queued",
  [JOB_STATE.delayed]: "queued",
  [JOB_STATE.leased]: "running",
  [JOB_STATE.done]: "done",
  [JOB_STATE.dead]: "dead",
  [JOB_STATE.cancelled]: "cancelled",
} as const satisfies Record<JobState, TaskState>;

export function taskStateOf(
  { state, attempts, maxAttempts }: { state: JobState; attempts: number; maxAttempts: number },
): TaskState {
  return state === JOB_STATE.dead && attempts < maxAttempts ? "failed" : STATES[state];
}

/** Up to `most` of `known` that are close to `name`: within three edits, or with the name inside. */
export function nearNames(name: string, known: readonly string[], most = 5): string[] {
  const wanted = name.toLowerCase().slice(0, 100);
  const last = wanted.split(".").at(-1) ?? wanted;
  return known.map((one) => ({ one, distance: distanceOf(wanted, last, one) }))
    .filter(({ distance }) => distance <= 3)
    .sort((a, b) => a.distance - b.distance || (a.one < b.one ? -1 : 1))
    .slice(0, most).map(({ one }) => one);
}

function distanceOf(wanted: string, last: string, known: string): number {
  const edits = editsBetween(wanted, known);
  const inside = last.length >= 3 && known.includes(last);
  const sameNoun = wanted.includes(".") && known.startsWith(`${wanted.split(".")[0]}.`);
  return Math.min(edits, inside ? 1 : Infinity, sameNoun ? 3 : Infinity);
}

/** Levenshtein's distance. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
