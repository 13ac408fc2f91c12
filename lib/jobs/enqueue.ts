import type { Tx } from "../context.ts";
import { AppError } from "../kernel/errors.ts";
import type { JobDefinition } from "../kernel/define-job.ts";
import { newId } from "../kernel/ids.ts";
import { rankOf } from "./policy.ts";
import {
  insertJob,
  insertKeyedJob,
  insertKeyedJobLate,
  type KeyedJob,
  type Standing,
} from "./insert-store.ts";
import { JOB_STATE } from "./store.ts";

export interface EnqueueOptions {
  readonly delayMs?: number;
  /** UTC milliseconds; wins over `delayMs`. */
  readonly runAt?: number;
  /** A job of priority p overtakes what became due up to p minutes before it. Default 0. */
  readonly priority?: number;
  /** Jobs of one name, workspace and key that have not started are one job. Default: the definition's `key`. */
  readonly key?: string;
  /**
   * When such a job waits already: "keep" leaves it as it is (default), "push" gives it the new payload and the
   * later of the two times: a debounce.
   */
  readonly onDuplicate?: "keep" | "push";
  /** Bounds "push": never later than this after the job was first enqueued. */
  readonly maxDelayMs?: number;
}

/**
 * Writes a job in the caller's transaction and, after the commit, wakes who runs it. Resolves to the id of the
 * job, or of the one that waits under the same key. Throws AppError `internal` when the payload breaks the schema.
 */
export async function enqueue<T>(
  tx: Tx,
  job: JobDefinition<T>,
  payload: T,
  options: EnqueueOptions = {},
): Promise<string> {
  const row = rowOf(tx, { job, payload, options });
  const stands = row.dedupKey === null ? await plain(tx, row) : await insertKeyedJob(tx, row);
  wakeAfter(tx, row, () => stands);
  return stands.id;
}

/** The same where nobody asks for the id: on a remote database it costs no round trip of its own. */
export async function enqueueLate<T>(
  tx: Tx,
  job: JobDefinition<T>,
  payload: T,
  options: EnqueueOptions = {},
): Promise<void> {
  const row = rowOf(tx, { job, payload, options });
  if (row.dedupKey !== null) return wakeAfter(tx, row, await insertKeyedJobLate(tx, row));
  const stands = await plain(tx, row);
  wakeAfter(tx, row, () => stands);
}

async function plain(tx: Tx, row: KeyedJob): Promise<Standing> {
  await insertJob(tx, row);
  return row;
}

function wakeAfter(tx: Tx, { lane }: KeyedJob, stands: () => Standing): void {
  tx.afterCommit(() => tx.ports.waker.wake(lane, [stands().id], stands().runAt));
}

function rowOf<T>(
  tx: Tx,
  { job, payload, options }: { job: JobDefinition<T>; payload: T; options: EnqueueOptions },
): KeyedJob {
  checkPayload(job, payload);
  const { delayMs = 0, priority = 0, key = job.key?.(payload), onDuplicate = "keep", maxDelayMs } = options;
  const now = tx.now();
  const runAt = options.runAt ?? now + delayMs;
  return {
    id: newId("job"),
    workspaceId: tx.workspaceIdOrNull,
    lane: job.lane,
    name: job.name,
    state: runAt > now ? JOB_STATE.delayed : JOB_STATE.ready,
    priority,
    runAt,
    rank: rankOf(runAt, priority),
    maxAttempts: job.attempts,
    payload,
    createdAt: now,
    dedupKey: key === undefined ? null : dedupKey(tx, job, key),
    onDuplicate,
    maxDelayMs: maxDelayMs ?? null,
  };
}

/** A key as it is kept: of one name and one workspace. */
export function dedupKey(tx: Tx, { name }: Pick<JobDefinition, "name">, key: string): string {
  return `${name}:${tx.workspaceIdOrNull ?? ""}:${key}`;
}

/** Throws AppError `internal`: whoever enqueues has built a payload that its handler would refuse. */
export function checkPayload<T>(
  { name, schema }: Pick<JobDefinition<T>, "name" | "schema">,
  payload: T,
): void {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return;
  throw new AppError("internal", `The payload of "${name}" breaks its schema`, { cause: parsed.error });
}
