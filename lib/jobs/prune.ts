import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { deleteJobs, endOfNewest, selectFinished } from "./prune-store.ts";

export interface PruneRule {
  readonly keepDoneMs: number;
  readonly keepDeadMs: number;
  /** However young they are, no more ended jobs than this are kept: a busy day must not fill the disk. */
  readonly keepRows?: number;
}

const TURN = 1000;

/**
 * Deletes jobs that ended long ago, in turns of 1,000 rows, with what was kept of them outside of their rows; dead
 * letters wait longer, whatever their number. Resolves to how many.
 */
export async function pruneJobs(ctx: Ctx, { keepDoneMs, keepDeadMs, keepRows }: PruneRule): Promise<number> {
  requireScope(ctx, "platform:write");
  const now = ctx.now();
  const crowded = keepRows === undefined ? null : await endOfNewest(ctx, keepRows);
  const before = Math.max(now - keepDoneMs, crowded ?? -Infinity);
  const rule = { before, deadBefore: now - keepDeadMs, limit: TURN };
  let all = 0;
  for (;;) {
    ctx.signal?.throwIfAborted();
    const rows = await selectFinished(ctx, rule);
    // First what is outside: a row without its blob is deleted in the next turn, a blob without its row never would be.
    for (const key of rows.flatMap(({ blobs }) => blobs)) await ctx.ports.blobs.delete(key);
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0) all += await ctx.transact((tx) => deleteJobs(tx, ids));
    if (rows.length < TURN) return all;
  }
}
