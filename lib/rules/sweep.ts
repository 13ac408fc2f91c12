import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { DAY } from "../kernel/clock.ts";
import { deleteOldRuns } from "./store-runs.ts";

const KEEP_MS = 90 * DAY;
const BATCH = 500;

/** Forgets what rules did more than 90 days ago. Resolves to how many runs that were. */
export async function sweepRuns(ctx: Ctx): Promise<number> {
  requireScope(ctx, "platform:write");
  const before = ctx.now() - KEEP_MS;
  let all = 0;
  for (let gone = BATCH; gone === BATCH;) {
    gone = await ctx.transact((tx) => deleteOldRuns(tx, { before, limit: BATCH }));
    all += gone;
  }
  return all;
}
