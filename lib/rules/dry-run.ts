import type { Calendar } from "../business-time/mod.ts";
import type { Ctx } from "../context.ts";
import { loadBusiness, localeOf } from "../conversations/mod.ts";
import type { Locale } from "../knowledge/mod.ts";
import { readEvents, seqBefore } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { DAY, iso, nextTurn } from "../kernel/clock.ts";
import { invalid, notFound } from "../kernel/errors.ts";
import type { LiveEvent } from "../ports/live.ts";
import { DONE_STATES } from "../tickets/mod.ts";
import { TRIGGER_NAMES, triggerOfTime } from "./catalogue.ts";
import { holds } from "./conditions.ts";
import { dueOf, isOfSubject, isTimed } from "./due.ts";
import { factsOf, type Json, knownOf, recordIn } from "./facts.ts";
import { openPastSubjects, PAST_EVENTS } from "./past-subjects.ts";
import { type DryRunInput, dryRunInput, type RuleFields } from "./schemas.ts";
import { selectRules, selectRulesById, triggerOf } from "./store.ts";
import type { Watch } from "./store-watches.ts";
import { ticketOfEvent } from "./tickets.ts";
import { createTimers } from "./timers.ts";
import { marksSet, since, watchAfter } from "./watch.ts";
import { type Would, wouldDo } from "./would.ts";

/** One occasion on which a rule would have acted. */
export interface Sample {
  readonly at: string;
  readonly event: string;
  readonly subject_id: string;
  readonly actions: readonly Would[];
}

interface Trial {
  readonly rule_id: string | null;
  readonly name: string;
  fired: number;
  /** The first of them. */
  readonly samples: Sample[];
}

export interface DryRun {
  readonly from: string;
  readonly to: string;
  /** Events that were looked at. */
  readonly scanned: number;
  /** False: there are more events than a dry run looks at; it ended before `to`. */
  readonly complete: boolean;
  readonly rules: readonly Trial[];
}

const LIMITS = { page: 500, events: 50_000, samples: 20, span: 92 * DAY, turnMs: 10 } as const;

type Tried = Pick<RuleFields, "when" | "conditions" | "actions" | "name" | "stops"> & {
  readonly id: string | null;
};

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
  const past = openPast(rules, { calendar: business, language: localeOf([], business.languages) });
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

interface Timer {
  readonly rule: Tried;
  readonly subjectId: string;
  readonly due: number;
  /** What is known when it is due; null: it is not so any more. */
  readonly still: () => { readonly ticket: Json | null; readonly data: Json } | null;
}

/** Lives through past events again: tickets as they were, and the timers that would have been set. */
function openPast(
  rules: readonly Tried[],
  { calendar, language }: { calendar: Calendar; language: Locale },
) {
  const trials = new Map<Tried, Trial>(
    rules.map((rule) => [rule, { rule_id: rule.id, name: rule.name, fired: 0, samples: [] }]),
  );
  const byTrigger = Map.groupBy(rules, ({ when }) => triggerOf(when));
  const tickets = new Map<string, Json>();
  const ticketOfTalk = new Map<string, string>();
  const watches = new Map<string, Watch>();
  /** Conversations and visits of which no ticket was found so far. */
  const ticketless = new Set<string>();
  const subjects = openPastSubjects();
  const timers = createTimers<Timer>();
  const letOthers = createPauses(LIMITS.turnMs);

  function ticketOf(event: LiveEvent): Json | null {
    const talk = event.conversationId === null ? undefined : ticketOfTalk.get(event.conversationId);
    const named = (recordIn(event.data, "visit") ?? recordIn(event.data, "call"))?.["ticket_id"];
    const ticket = tickets.get(typeof named === "string" ? named : talk ?? event.subjectId) ?? null;
    return talk !== undefined && isDone(ticket) ? null : ticket;
  }

  /** Lets each of some rules look; the rest of them do not when one stops it. */
  async function look(
    looking: readonly Tried[],
    event: Pick<LiveEvent, "type" | "data" | "at" | "subjectId">,
    ticket: Json | null,
  ): Promise<void> {
    if (looking.length === 0) return;
    const known = knownOf({ event, ticket, calendar });
    const facts = factsOf(known);
    for (const rule of looking) {
      await letOthers();
      const trial = trials.get(rule);
      if (trial === undefined || !holds(rule.conditions, facts)) continue;
      trial.fired++;
      if (trial.samples.length < LIMITS.samples) {
        const subject = ticket === null ? event.subjectId : String(ticket["id"]);
        const told = { ...known, rule: { name: rule.name } };
        const actions = rule.actions.map((action) => wouldDo(action, told, language));
        trial.samples.push({ at: iso(event.at), event: event.type, subject_id: subject, actions });
      }
      if (rule.stops) return;
    }
  }

  async function passUntil(now: number): Promise<void> {
    for (let next = timers.takeDue(now); next !== null; next = timers.takeDue(now)) {
      const { rule, subjectId, due, still } = next;
      const seen = still();
      if (seen === null) continue;
      await look([rule], { type: triggerOf(rule.when), data: seen.data, at: due, subjectId }, seen.ticket);
    }
  }

  function ticketStill({ when }: Tried, { subjectId, at }: { subjectId: string; at: number }) {
    const [watch, ticket] = [watches.get(subjectId), tickets.get(subjectId) ?? null];
    if (watch === undefined || !isTimed(when) || since(watch, when.since) !== at) return null;
    return isDone(ticket) ? null : { ticket, data: {} };
  }

  function followSubject(event: LiveEvent): void {
    const begun = subjects.follow(event);
    if (begun === null) return;
    const { time, subjectId, moment } = begun;
    for (const rule of byTrigger.get(triggerOfTime(time)) ?? []) {
      const at = isOfSubject(rule.when) ? dueOf(rule.when, { at: moment, calendar }) : null;
      if (at === null) continue;
      const due = Math.max(at, event.at);
      const still = () => {
        const data = subjects.still(begun, due);
        return data === null ? null : { data, ticket: ticketOf({ ...event, data }) };
      };
      timers.add({ rule, subjectId, due, still });
    }
  }

  function keep(id: string, ticket: Json): void {
    tickets.set(id, ticket);
    const talk = ticket["conversation_id"];
    if (typeof talk === "string") ticketOfTalk.set(talk, id);
  }

  function follow(event: LiveEvent): void {
    const { subjectId } = event;
    const ticket = recordIn(event.data, "ticket");
    if (ticket === null) return;
    keep(subjectId, ticket);
    const before = watches.get(event.subjectId);
    const after = watchAfter(before, event);
    if (after === null) return;
    watches.set(event.subjectId, after);
    for (const { mark, at } of marksSet(before, after)) {
      for (const rule of byTrigger.get(`since:${mark}`) ?? []) {
        const due = isTimed(rule.when) ? dueOf(rule.when, { at, calendar }) : null;
        if (due !== null) {
          timers.add({
            rule,
            subjectId,
            due,
            still: () => ticketStill(rule, { subjectId, at }),
          });
        }
      }
    }
  }

  /** Whether a rule waits for it, and neither it nor what was seen before tells of its ticket as it was then. */
  function asksFor(event: LiveEvent): boolean {
    if (!byTrigger.has(event.type) || recordIn(event.data, "ticket") !== null) return false;
    if (event.type.startsWith("sla.")) return true;
    return ticketOf(event) === null && !ticketless.has(event.conversationId ?? event.subjectId);
  }

  function tell(event: LiveEvent, ticket: Json | null): void {
    if (ticket === null) return void ticketless.add(event.conversationId ?? event.subjectId);
    keep(String(ticket["id"]), ticket);
  }

  return {
    asksFor,
    tell,
    get trials() {
      return [...trials.values()];
    },
    passUntil,
    async see(event: LiveEvent): Promise<void> {
      await passUntil(event.at);
      follow(event);
      followSubject(event);
      await look(byTrigger.get(event.type) ?? [], event, ticketOf(event));
    },
  };
}

/** Lets whoever waits for the loop go first, once it was held for so long. */
function createPauses(mostMs: number): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < mostMs) return;
    await nextTurn();
    since = performance.now();
  };
}

function isDone(ticket: Json | null): boolean {
  return DONE_STATES.some((state) => state === ticket?.["state"]);
}
