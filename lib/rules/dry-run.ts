import type { Ctx } from "../context.ts";
import { loadBusiness } from "../conversations/mod.ts";
import { readEvents, seqBefore } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { DAY, iso } from "../kernel/clock.ts";
import { invalid, notFound } from "../kernel/errors.ts";
import { TRIGGER_NAMES } from "./catalogue.ts";
import { isOfSubject, isTimed, otherTimeOf } from "./due.ts";
import { openPast, type Trial, type Tried } from "./past.ts";
import { talkThen, waitsAt, watchesAt } from "./past-standing.ts";
import { PAST_EVENTS } from "./past-subjects.ts";
import { type DryRunInput, dryRunInput, type RuleFields } from "./schemas.ts";
import { selectRules, selectRulesById } from "./store.ts";
import { visitsToComeAt } from "../visits/mod.ts";
import { ticketOfEvent, ticketOfTalkThen, ticketThen } from "./tickets.ts";

export interface DryRun {
  readonly from: string;
  readonly to: string;
  /** Events that were looked at. */
  readonly scanned: number;
  /** False: there are more events, or tickets, visits or conversations from before `from`, than a dry run looks at. */
  readonly complete: boolean;
  readonly rules: readonly Trial[];
}

const LIMITS = {
  page: 500,
  events: 50_000,
  tickets: 50_000,
  talks: 50_000,
  visits: 10_000,
  span: 92 * DAY,
} as const;

/**
 * Which rules would have acted on what happened, and what they would have done: nothing is done. Each event is seen as
 * it was; of what the rules themselves would have changed nothing is seen. Throws 404, 422.
 */
export async function dryRun(ctx: Ctx, input: DryRunInput): Promise<DryRun> {
  requireScope(ctx, "sla:write");
  const wanted = dryRunInput.parse(input);
  const to = wanted.to === undefined ? ctx.now() : Date.parse(wanted.to);
  const from = wanted.from === undefined ? to - 30 * DAY : Date.parse(wanted.from);
  if (from >= to) throw invalid("from", "must be before to");
  if (to - from > LIMITS.span) throw invalid("from", "must be within 92 days before to");
  const rules = await triedRules(ctx, wanted);
  const business = await loadBusiness(ctx);
  const past = openPast(rules, {
    from,
    calendar: business,
    languages: business.languages,
    ticketAt: (ticketId, time) => ticketThen(ctx, { ticketId, time }),
    talkAt: (conversationId, time) => talkThen(ctx, { conversationId, time }),
    ticketOfTalkAt: (conversationId, time) => ticketOfTalkThen(ctx, { conversationId, time }),
  });
  const stood = rules.some(({ when }) => isTimed(when))
    ? await watchesAt(ctx, { time: from - 1, limit: LIMITS.tickets })
    : { watches: [], complete: true };
  for (const watch of stood.watches) await past.stand(watch);
  const visits = rules.some(({ when }) => "before" in when)
    ? await visitsToComeAt(ctx, { time: from - 1, limit: LIMITS.visits + 1 })
    : [];
  for (const visit of visits.slice(0, LIMITS.visits)) await past.standVisit({ ...visit });
  const waiting = rules.some(({ when }) => otherTimeOf(when) === "conversation_waits")
    ? await waitsAt(ctx, { time: from - 1, limit: LIMITS.talks })
    : { waits: [], complete: true };
  for (const talk of waiting.waits) await past.standTalk(talk);
  const types = rules.some(({ when }) => isOfSubject(when))
    ? [...TRIGGER_NAMES, ...PAST_EVENTS]
    : TRIGGER_NAMES;
  let after = await seqBefore(ctx, from);
  let scanned = 0;
  let complete = false;
  while (!complete && scanned < LIMITS.events) {
    ctx.signal?.throwIfAborted();
    const page = await readEvents(ctx, { after, limit: LIMITS.page, types });
    const within = page.filter(({ at }) => at <= to);
    for (const event of within) {
      if (past.asksFor(event)) past.tell(event, await ticketOfEvent(ctx, event));
      await past.see(event);
    }
    scanned += within.length;
    after = page.at(-1)?.seq ?? after;
    complete = page.length < LIMITS.page || within.length < page.length;
  }
  if (complete) await past.passUntil(to);
  complete &&= stood.complete && waiting.complete && visits.length <= LIMITS.visits;
  return { from: iso(from), to: iso(to), scanned, complete, rules: past.trials };
}

async function triedRules(
  ctx: Ctx,
  { rule, rule_ids: ids }: { rule?: RuleFields | undefined; rule_ids?: string[] | undefined },
): Promise<Tried[]> {
  if (rule === undefined && ids === undefined) {
    return (await selectRules(ctx)).filter(({ enabled }) => enabled).map((row) => ({
      ...row,
      actions: [...row.actions],
    }));
  }
  const saved = ids === undefined ? [] : await selectRulesById(ctx, ids);
  const missing = ids?.find((id) => !saved.some((row) => row.id === id));
  if (missing !== undefined) throw notFound("rule", missing);
  const known = saved.map((row) => ({ ...row, actions: [...row.actions] }));
  return rule === undefined ? known : [...known, { ...rule, id: null }];
}
