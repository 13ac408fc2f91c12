import { loadBusiness } from "../conversations/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { enqueue } from "../jobs/mod.ts";
import type { LiveEvent } from "../ports/live.ts";
import { applyRule } from "./apply.ts";
import { OTHER_TIMES, triggerOfTime } from "./catalogue.ts";
import { dueOf, isOfSubject, isVoid, lookAt, otherTimeOf, waitOf } from "./due.ts";
import { rulesArm, rulesSubjectTimer } from "./jobs.ts";
import { type RuleRow, selectEnabled, selectRule } from "./store.ts";
import { SUBJECTS } from "./subjects.ts";
import { ticketNow, ticketOfTalk } from "./tickets.ts";

/** Sets the timers of rules that wait for a time of a visit or a conversation, when an event may begin one. */
export async function followSubject(tx: Tx, event: LiveEvent): Promise<void> {
  for (const time of OTHER_TIMES) {
    const subject = SUBJECTS[time];
    const id = subject.begins.has(event.type) ? subject.idOf(event) : null;
    if (id === null) continue;
    const rules = await selectEnabled(tx, triggerOfTime(time));
    if (rules.length === 0) continue;
    const moment = await subject.momentOf(tx, id);
    if (moment === null) continue;
    for (const rule of rules) await setTimer(tx, { rule, id, moment });
  }
}

async function setTimer(
  tx: Tx,
  { rule, id, moment }: { rule: RuleRow; id: string; moment: number },
): Promise<void> {
  if (!isOfSubject(rule.when)) return;
  const runAt = lookAt(rule.when, { at: moment, calendar: await loadBusiness(tx), now: tx.now() });
  const timer = { ruleId: rule.id, subjectId: id, moment, wait: waitOf(rule.when) };
  await enqueue(tx, rulesSubjectTimer, timer, { runAt });
}

const BATCH = 200;

/** Sets the timers of a rule for what is there already, a batch in a commit. */
export async function armSubjects(
  tx: Tx,
  { rule, after }: { rule: RuleRow; after: string | null },
): Promise<void> {
  const time = otherTimeOf(rule.when);
  if (time === null) return;
  const ids = await SUBJECTS[time].list(tx, { after, limit: BATCH });
  for (const id of ids) {
    const moment = await SUBJECTS[time].momentOf(tx, id);
    if (moment !== null) await setTimer(tx, { rule, id, moment });
  }
  const last = ids.at(-1);
  if (ids.length === BATCH && last !== undefined) {
    await enqueue(tx, rulesArm, { ruleId: rule.id, after: last });
  }
}

/** What a rule does about a visit or a conversation that is still as it was when the timer was set. */
export async function runSubjectTimer(
  ctx: Ctx,
  { ruleId, subjectId, moment, wait }: {
    ruleId: string;
    subjectId: string;
    moment: number;
    wait?: string | undefined;
  },
): Promise<void> {
  const rule = await selectRule(ctx, ruleId);
  const time = rule === undefined || !rule.enabled ? null : otherTimeOf(rule.when);
  if (rule === undefined || time === null || !isOfSubject(rule.when)) return;
  if (isVoid({ wait }, rule.when)) return;
  const subject = SUBJECTS[time];
  if (await subject.momentOf(ctx, subjectId) !== moment) return;
  const calendar = await loadBusiness(ctx);
  const due = dueOf(rule.when, { at: moment, calendar });
  const now = ctx.now();
  if (due === null || due > now) {
    // The rule or the hours changed since the timer was set.
    return await ctx.transact((tx) => setTimer(tx, { rule, id: subjectId, moment }));
  }
  const look = async (at: Ctx) => {
    if (await subject.momentOf(at, subjectId) !== moment) return null;
    const { data, ticketId, conversationId } = await subject.tell(at, subjectId);
    const ticket = ticketId === null ? await ticketOfTalk(at, conversationId) : await ticketNow(at, ticketId);
    return { event: { type: rule.trigger, data, at: now }, ticket, calendar };
  };
  const seen = await look(ctx);
  if (seen === null) return;
  await applyRule(ctx, {
    rule,
    seen,
    again: look,
    ticketId: seen.ticket === null ? null : String(seen.ticket["id"]),
    subjectId,
    occasion: `${rule.trigger}:${subjectId}:${moment}`,
    chain: [],
  });
}
