import type { Ctx, Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { DAY } from "../kernel/clock.ts";
import { emptyEvents } from "../events/mod.ts";
import { enqueueLate } from "../jobs/mod.ts";
import { forgetQuestions } from "../knowledge/mod.ts";
import { dropBlobs } from "./blobs.ts";
import { retentionApply } from "./jobs.ts";
import { selectRetentions } from "./store-channels.ts";
import {
  deleteConversations,
  deleteSilentContacts,
  emptyMessages,
  selectClosedBefore,
  selectMadeBefore,
} from "./store-privacy.ts";

const TURN = 50;

/** The platform's daily turn: one job a workspace that has a time after which conversations go. */
export async function sweepRetention(ctx: Ctx): Promise<void> {
  requireScope(ctx, "platform:write");
  const due = await selectRetentions(ctx);
  for (const { workspaceId } of due) {
    await ctx.as({ workspaceId }).transact(async (tx) => void await enqueueLate(tx, retentionApply, {}));
  }
}

/** What other parts of the product keep about conversations goes in the same commit. */
type Also = (tx: Tx, conversationIds: readonly string[]) => Promise<void>;

/**
 * Deletes conversations that were closed and had their last message more than `days` ago, and visitors of that age
 * who never said a word; in turns, so that nobody waits for it. Resolves to how many conversations went.
 */
export async function applyRetention(
  ctx: Ctx,
  { days, also }: { days: number; also: Also },
): Promise<number> {
  requireScope(ctx, "contacts:write");
  if (days <= 0) return 0;
  const before = ctx.now() - days * DAY;
  let all = 0;
  for (let deleted = TURN; deleted === TURN; all += deleted) {
    ctx.signal?.throwIfAborted();
    deleted = await ctx.transact(async (tx) => {
      const ids = await selectClosedBefore(tx, { before, limit: TURN });
      if (ids.length === 0) return 0;
      await also(tx, ids);
      const { blobKeys } = await emptyMessages(tx, ids);
      await forgetQuestions(tx, ids);
      await emptyEvents(tx, { conversationIds: ids });
      await deleteConversations(tx, ids);
      await dropBlobs(tx, blobKeys);
      return ids.length;
    });
  }
  await forgetSilent(ctx, before);
  return all;
}

/** Looks at so many contacts in a commit. */
const LOOKED_AT = 500;

async function forgetSilent(ctx: Ctx, before: number): Promise<void> {
  for (let after: string | undefined = ""; after !== undefined;) {
    ctx.signal?.throwIfAborted();
    const ids = await selectMadeBefore(ctx, { before, after, limit: LOOKED_AT });
    if (ids.length > 0) await ctx.transact((tx) => deleteSilentContacts(tx, ids));
    after = ids.length < LOOKED_AT ? undefined : ids.at(-1);
  }
}
