import { dropBlobs } from "../conversations/mod.ts";
import type { Ctx } from "../context.ts";
import { defineSchedule, type Schedule } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { mailSweep } from "./jobs.ts";
import { MAIL_LIMITS } from "./policy.ts";
import { deleteOldReceipts } from "./store.ts";

const BATCH = 500;

/** Forgets mails that were read long ago, with what is left of their bytes. */
export async function sweepMails(ctx: Ctx): Promise<number> {
  requireScope(ctx, "platform:write");
  let all = 0;
  for (let gone = BATCH; gone === BATCH; all += gone) {
    ctx.signal?.throwIfAborted();
    gone = await ctx.transact(async (tx) => {
      const old = await deleteOldReceipts(tx, { before: tx.now() - MAIL_LIMITS.keepMs, limit: BATCH });
      for (const { workspaceId, blobKey } of old) await dropBlobs(tx.as({ workspaceId }), [blobKey]);
      return old.length;
    });
  }
  return all;
}

/** What recurs around mails. */
export const mailSchedules: readonly Schedule[] = [
  defineSchedule({ name: "mail.sweep", cron: "50 3 * * *", job: mailSweep, payload: {} }),
];
