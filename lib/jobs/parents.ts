import type { Ctx, Tx } from "../context.ts";
import { readyAmong } from "./store.ts";

/** What may have been waited for. */
export interface Child {
  /** The task that waits for it; null or left out: none does. */
  readonly parentId?: string | null;
}

/**
 * After children have ended: a parent whose wait that has ended (a trigger makes it ready in the same commit) is told of
 * like a job that was enqueued, so that it need not wait for a sweep. In a transaction it is told after the commit.
 */
export async function wakeParents(at: Ctx | Tx, ended: readonly Child[]): Promise<void> {
  const parents = new Set(ended.flatMap(({ parentId }) => parentId ?? []));
  if (parents.size === 0) return;
  const ready = await readyAmong(at, [...parents]);
  const wake = () => {
    for (const { id, lane } of ready) at.ports.waker.wake(lane, [id], at.now());
  };
  if ("afterCommit" in at) at.afterCommit(wake);
  else wake();
}
