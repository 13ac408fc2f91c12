import type { Consumer } from "../consumers/mod.ts";
import { type Ctx, oncePerTransaction, type Tx } from "../context.ts";
import { loadBusiness } from "../conversations/mod.ts";
import { isErased, selectEvent } from "../events/mod.ts";
import { enqueue } from "../jobs/mod.ts";
import type { LiveEvent } from "../ports/live.ts";
import { DONE_STATES, standingOf } from "../tickets/mod.ts";
import { applyRule, chainTo } from "./apply.ts";
import { isTrigger } from "./catalogue.ts";
import { dueOf, isTimed, isVoid, lookAt, waitOf } from "./due.ts";
import { rulesArm, rulesRun, rulesTimer } from "./jobs.ts";
import { isAwaited, type RuleRow, selectEnabled, selectRule } from "./store.ts";
import { selectWatch, selectWatches, type Watch, writeWatch } from "./store-watches.ts";
import { armSubjects, followSubject } from "./subject-timers.ts";
import { ticketNow, ticketOfEvent } from "./tickets.ts";
import { marksSet, since, watchAfter } from "./watch.ts";

const awaited = oncePerTransaction(isAwaited);
const enabled = oncePerTransaction(selectEnabled);

/** Sees which events rules wait for, and since when tickets are as they are. The rules themselves run as jobs. */
export const rulesConsumer: Consumer = {
  name: "rules",
  handle: async (tx, event) => {
    await follow(tx, event);
    await followSubject(tx, event);
    if (isTrigger(event.type) && await awaited(tx, event.type)) {
      await enqueue(tx, rulesRun, { seq: event.seq });
    }
  },
};

async function follow(tx: Tx, event: LiveEvent): Promise<void> {
  if (!event.type.startsWith("ticket.")) return;
  const before = await selectWatch(tx, event.subjectId);
  const late = before !== undefined && event.seq <= before.seenSeq;
  const after = late ? await watchNow(tx, before) : watchAfter(before, event);
  if (after === null) return;
  await writeWatch(tx, after);
  for (const { mark, at } of marksSet(before, after)) {
    for (const rule of await enabled(tx, `since:${mark}`)) {
      await setTimer(tx, { rule, ticketId: after.ticketId, at });
    }
  }
}

/** An event that failed comes again behind later ones: what the ticket is by now says more than what it was then. */
async function watchNow(tx: Tx, watch: Watch): Promise<Watch | null> {
  const standing = await standingOf(tx, watch.ticketId);
  return standing === null ? null : { ...watch, ...standing };
}

async function setTimer(
  tx: Tx,
  { rule, ticketId, at }: { rule: RuleRow; ticketId: string; at: number },
): Promise<void> {
  if (!isTimed(rule.when)) return;
  const runAt = lookAt(rule.when, { at, calendar: await loadBusiness(tx), now: tx.now() });
  await enqueue(tx, rulesTimer, { ruleId: rule.id, ticketId, since: at, wait: waitOf(rule.when) }, { runAt });
}

const BATCH = 200;

/** Sets the timers of a rule for what is there, a batch in a commit; the rest is the next job. */
export async function armRule(
  ctx: Ctx,
  { ruleId, after }: { readonly ruleId: string; readonly after: string | null },
): Promise<void> {
  await ctx.transact(async (tx) => {
    const rule = await selectRule(tx, ruleId);
    if (rule === undefined || !rule.enabled) return;
    if (!isTimed(rule.when)) return await armSubjects(tx, { rule, after });
    const watches = await selectWatches(tx, { after, limit: BATCH });
    for (const watch of watches) {
      const at = since(watch, rule.when.since);
      if (at !== null && !DONE_STATES.some((state) => state === watch.state)) {
        await setTimer(tx, { rule, ticketId: watch.ticketId, at });
      }
    }
    const last = watches.at(-1);
    if (watches.length === BATCH && last !== undefined) {
      await enqueue(tx, rulesArm, { ruleId, after: last.ticketId });
    }
  });
}

/** Lets each rule of an event look at it, in their order. The second delivery finds what they did. */
export async function runRules(ctx: Ctx, { seq }: { readonly seq: number }): Promise<void> {
  const event = await selectEvent(ctx, seq);
  if (event === null || event.workspaceId !== ctx.workspaceId || isErased(event)) return;
  const rules = await selectEnabled(ctx, event.type);
  if (rules.length === 0) return;
  const chain = await chainTo(ctx, seq);
  const calendar = await loadBusiness(ctx);
  const seenOf = async (at: Ctx, event: LiveEvent) => ({
    event,
    ticket: await ticketOfEvent(at, event),
    calendar,
  });
  const seen = await seenOf(ctx, event);
  const again = async (tx: Tx) => {
    const now = await selectEvent(tx, seq);
    return now === null || isErased(now) ? null : await seenOf(tx, now);
  };
  const ticketId = seen.ticket === null ? null : String(seen.ticket["id"]);
  const about = { ticketId, subjectId: ticketId ?? event.subjectId, occasion: `event:${seq}`, chain };
  for (const rule of rules) {
    const acted = await applyRule(ctx, { rule, seen, again, ...about });
    if (acted && rule.stops) return;
  }
}

/** What a rule of time does about a ticket that is still as it was when the timer was set. */
export async function runTimer(
  ctx: Ctx,
  { ruleId, ticketId, since: at, wait }: {
    ruleId: string;
    ticketId: string;
    since: number;
    wait?: string | undefined;
  },
): Promise<void> {
  const rule = await selectRule(ctx, ruleId);
  if (rule === undefined || !rule.enabled || !isTimed(rule.when)) return;
  if (isVoid({ wait }, rule.when)) return;
  const watch = await selectWatch(ctx, ticketId);
  const { since: mark } = rule.when;
  if (watch === undefined || since(watch, mark) !== at) return;
  const calendar = await loadBusiness(ctx);
  const due = dueOf(rule.when, { at, calendar });
  const now = ctx.now();
  if (due === null || due > now) {
    // The rule or the hours changed since the timer was set.
    return await ctx.transact((tx) => setTimer(tx, { rule, ticketId, at }));
  }
  const event = { type: rule.trigger, data: {}, at: now };
  const look = async (here: Ctx) => {
    // The watch follows the log: what the ticket itself says may be ahead of it.
    const standing = await standingOf(here, ticketId);
    if (standing === null || since(standing, mark) !== at) return null;
    const ticket = await ticketNow(here, ticketId);
    const over = ticket === null || DONE_STATES.some((state) => state === ticket["state"]);
    return over ? null : { event, ticket, calendar };
  };
  const seen = await look(ctx);
  if (seen === null) return;
  const occasion = `${rule.trigger}:${ticketId}:${at}`;
  await applyRule(ctx, { rule, seen, again: look, ticketId, subjectId: ticketId, occasion, chain: [] });
}
