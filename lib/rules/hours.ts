import { loadBusiness } from "../conversations/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { enqueue, hasten } from "../jobs/mod.ts";
import { dueOf, isOfSubject, isTimed, isVoid } from "./due.ts";
import { rulesHours, rulesSubjectTimer, rulesTimer } from "./jobs.ts";
import { type RuleRow, selectRule, selectRules } from "./store.ts";

/** After a change of the business's hours. A second time finds the timers as they are to be. */
export async function followHours(ctx: Ctx): Promise<void> {
  await ctx.transact(async (tx) => {
    for (const { id, when } of await selectRules(tx)) {
      if ("since" in when && when.counts === "business") {
        await enqueue(tx, rulesHours, { ruleId: id, after: null });
      }
    }
  });
}

const BATCH = 200;

/**
 * Lets the timers of a rule that wait come when they are due by the hours of now, a batch in a commit. Those of hours
 * that became fewer need nothing: they wait on when they come. What a rule has looked at has no timer any more.
 */
export async function hastenTimers(
  ctx: Ctx,
  { ruleId, after }: { readonly ruleId: string; readonly after: string | null },
): Promise<void> {
  await ctx.transact(async (tx) => {
    const rule = await selectRule(tx, ruleId);
    const next = rule === undefined ? null : await hastenSome(tx, { rule, after });
    if (next !== null) await enqueue(tx, rulesHours, { ruleId, after: next });
  });
}

async function hastenSome(
  tx: Tx,
  { rule: { id, when }, after }: { rule: RuleRow; after: string | null },
): Promise<string | null> {
  const calendar = await loadBusiness(tx);
  const page = { prefix: `${id}:`, after, limit: BATCH };
  if (isTimed(when)) {
    const runAtOf = (timer: { since: number; wait?: string | undefined }) =>
      isVoid(timer, when) ? null : dueOf(when, { at: timer.since, calendar });
    return await hasten(tx, rulesTimer, { ...page, runAtOf });
  }
  if (!isOfSubject(when)) return null;
  const runAtOf = (timer: { moment: number; wait?: string | undefined }) =>
    isVoid(timer, when) ? null : dueOf(when, { at: timer.moment, calendar });
  return await hasten(tx, rulesSubjectTimer, { ...page, runAtOf });
}
