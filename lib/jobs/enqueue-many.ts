import type { Tx } from "../context.ts";
import type { JobDefinition } from "../kernel/define-job.ts";
import { newId } from "../kernel/ids.ts";
import { checkPayload } from "./enqueue.ts";
import { rankOf } from "./policy.ts";
import { insertJobs } from "./insert-store.ts";
import { JOB_STATE } from "./store.ts";

export interface ManyItem<T> {
  readonly payload: T;
  /** UTC milliseconds; default: now. */
  readonly runAt?: number;
  readonly priority?: number;
}

/**
 * Writes many jobs in the caller's transaction, a statement for each 500, and wakes who runs them once. Resolves to
 * their ids, in order. Jobs with keys are not for this: each item is a job of its own.
 */
export async function enqueueMany<T>(
  tx: Tx,
  job: Omit<JobDefinition<T>, "key">,
  items: readonly ManyItem<T>[],
): Promise<string[]> {
  const now = tx.now();
  const rows = items.map(({ payload, runAt = now, priority = 0 }) => {
    checkPayload(job, payload);
    const state = runAt > now ? JOB_STATE.delayed : JOB_STATE.ready;
    return { id: newId("job"), state, priority, runAt, rank: rankOf(runAt, priority), payload };
  });
  const { lane, name, attempts: maxAttempts } = job;
  const { workspaceIdOrNull: workspaceId } = tx;
  await insertJobs(tx, { workspaceId, lane, name, maxAttempts, createdAt: now }, rows);
  const due = new Map<number, string[]>();
  for (const { id, runAt } of rows) {
    const ids = due.get(runAt);
    if (ids === undefined) due.set(runAt, [id]);
    else ids.push(id);
  }
  tx.afterCommit(() => {
    for (const [runAt, ids] of due) tx.ports.waker.wake(lane, ids, runAt);
  });
  return rows.map(({ id }) => id);
}
