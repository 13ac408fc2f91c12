import type { Ctx } from "../context.ts";
import { enqueue } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { DAY, nextTurn } from "../kernel/clock.ts";
import { deliver } from "./jobs.ts";
import { FORGOTTEN_MS, KEEP_MS } from "./policy.ts";
import { deleteOldMarks } from "./store-peace.ts";
import { deleteOldNotifications, selectForgotten } from "./store-sweep.ts";

const BATCH = 500;
/** Of one sweep, which comes each minute: it forgets 720,000 rows an hour at most. */
const TURNS = 24;

/**
 * The net under the deliveries: one that nobody has touched for long gets a new job (its own was lost, or died with
 * its process too often). A job too many does no harm: it finds the delivery where it is. Forgets what is old.
 */
export async function sweepNotifications(ctx: Ctx): Promise<{ revived: number; deleted: number }> {
  requireScope(ctx, "platform:write");
  const before = ctx.now() - FORGOTTEN_MS;
  const forgotten = await selectForgotten(ctx, { before, limit: BATCH });
  if (forgotten.length > 0) {
    await ctx.transact(async (tx) => {
      for (const { id, workspaceId } of forgotten) {
        await enqueue(tx.as({ workspaceId }), deliver, { deliveryIds: [id] }, { key: id });
      }
    });
  }
  let deleted = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    ctx.signal?.throwIfAborted();
    const went = await ctx.transact((tx) =>
      deleteOldNotifications(tx, { before: tx.now() - KEEP_MS, limit: BATCH })
    );
    deleted += went;
    if (went < BATCH) break;
    await nextTurn();
  }
  await ctx.transact((tx) => deleteOldMarks(tx, { before: tx.now() - DAY, limit: BATCH }));
  return { revived: forgotten.length, deleted };
}
