import type { Tx } from "../context.ts";
import type { JobDefinition } from "../kernel/define-job.ts";
import { dedupKey } from "./enqueue.ts";
import { hastenWaiting, selectWaiting } from "./insert-store.ts";

export interface Hastening<T> {
  /** How the keys of those that are meant begin. */
  readonly prefix: string;
  /** Goes on after a page; null: from the start. */
  readonly after: string | null;
  readonly limit: number;
  /** When one is to run by now, UTC milliseconds; null: as it was said. */
  readonly runAtOf: (payload: T) => number | null;
}

/**
 * Lets jobs that wait under their keys run sooner: none runs later than it would, none is made, and one that has
 * started is left alone. Resolves to where the next page goes on; null: that was the last one.
 */
export async function hasten<T>(
  tx: Tx,
  job: JobDefinition<T>,
  { prefix, after, limit, runAtOf }: Hastening<T>,
): Promise<string | null> {
  const rows = await selectWaiting(tx, { prefix: dedupKey(tx, job, prefix), after, limit });
  for (const { id, payload, runAt: before, priority } of rows) {
    const runAt = runAtOf(job.schema.parse(payload));
    if (runAt === null || runAt >= before) continue;
    await hastenWaiting(tx, { id, runAt, priority });
    tx.afterCommit(() => tx.ports.waker.wake(job.lane, [id], runAt));
  }
  return rows.length < limit ? null : rows.at(-1)?.key ?? null;
}
