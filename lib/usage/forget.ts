import type { Ctx, Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { DAY } from "../kernel/clock.ts";
import { dayOf } from "./budget.ts";
import { deleteSubjectCounters, dropSubject } from "./store.ts";

/** For the erasure of a contact: its calls stay counted for the workspace, without saying whose they were. */
export async function forgetUsageSubject(tx: Tx, subjectId: string): Promise<void> {
  requireScope(tx, "contacts:write");
  await dropSubject(tx, subjectId);
}

/** Deletes the counters of visitors whose day is over, of every workspace; for a daily job. Resolves to how many. */
export async function pruneUsageCounters(ctx: Ctx): Promise<number> {
  requireScope(ctx, "platform:write");
  return await ctx.transact((tx) => deleteSubjectCounters(tx, dayOf(tx.now() - DAY)));
}
