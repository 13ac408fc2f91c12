import type { Ctx } from "../context.ts";
import { DAY } from "../kernel/clock.ts";
import { deleteLiveTickets, deleteSessions } from "./store-sessions.ts";
import { deleteOneTimeTokens } from "./store.ts";

const KEPT_MS = 30 * DAY;
const BATCH = 500;

/** Deletes sessions and reset links that were over a month ago, and tickets that nobody redeemed. */
export async function sweepOver(ctx: Ctx): Promise<void> {
  const before = ctx.now() - KEPT_MS;
  await ctx.transact(async (tx) => {
    await deleteOneTimeTokens(tx, before);
    await deleteLiveTickets(tx, tx.now());
  });
  while (await ctx.transact((tx) => deleteSessions(tx, { before, limit: BATCH })) === BATCH);
}
