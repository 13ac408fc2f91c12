import type { Calendar } from "../business-time/mod.ts";
import { iso, nextTurn } from "../kernel/clock.ts";
import type { LiveEvent } from "../ports/live.ts";
import { DONE_STATES } from "../tickets/mod.ts";
import { type Mark, triggerOfTime } from "./catalogue.ts";
import { holds } from "./conditions.ts";
import { dueOf, isOfSubject, isTimed } from "./due.ts";
import { factsOf, type Json, knownOf, recordIn } from "./facts.ts";
import type { WaitingTalk } from "./past-standing.ts";
import { openPastSubjects, type PastTime } from "./past-subjects.ts";
import type { RuleFields } from "./schemas.ts";
import { triggerOf } from "./store.ts";
import type { Watch } from "./store-watches.ts";
import { createTimers } from "./timers.ts";
import { marksSet, since, watchAfter } from "./watch.ts";
import { type Would, wouldDoAll } from "./would.ts";

/** One occasion on which a rule would have acted. */
export interface Sample {
  readonly at: string;
  readonly event: string;
  readonly subject_id: string;
  readonly actions: readonly Would[];
}

export interface Trial {
  readonly rule_id: string | null;
  readonly name: string;
  fired: number;
  /** The first of them. */
  readonly samples: Sample[];
}

const LIMITS = { samples: 20, turnMs: 10 } as const;

/** A rule that is tried; `id`: null of one that is not saved. */
export type Tried = Pick<RuleFields, "when" | "conditions" | "actions" | "name" | "stops"> & {
  readonly id: string | null;
};

interface Timer {
  readonly rule: Tried;
  readonly subjectId: string;
  readonly due: number;
  /** What is known when it is due; null: it is not so any more. */
  readonly still: () => Promise<{ readonly ticket: Json | null; readonly data: Json } | null>;
}

/** A time of a ticket: since `at` it was so, and at `due` a rule looks. */
interface Held {
  readonly subjectId: string;
  readonly mark: Mark;
  readonly at: number;
  readonly due: number;
}

export interface Past {
  readonly from: number;
  readonly calendar: Calendar;
  readonly languages: readonly string[];
  readonly ticketAt: (ticketId: string, time: number) => Promise<Json | null>;
  readonly talkAt: (conversationId: string, time: number) => Promise<Json | null>;
  /** The ticket of a conversation that was live then. */
  readonly ticketOfTalkAt: (conversationId: string | null, time: number) => Promise<Json | null>;
}

/** Lives through past events again: tickets as they were, and the timers that would have been set. */
export function openPast(
  rules: readonly Tried[],
  { from, calendar, languages, ticketAt, ticketOfTalkAt, talkAt }: Past,
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
  const subjects = openPastSubjects(talkAt);
  const timers = createTimers<Timer>();
  const letOthers = createPauses(LIMITS.turnMs);

  function ticketOf(event: Pick<LiveEvent, "subjectId" | "conversationId" | "data">): Json | null {
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
        const actions = wouldDoAll(rule.actions, { known: told, languages });
        trial.samples.push({ at: iso(event.at), event: event.type, subject_id: subject, actions });
      }
      if (rule.stops) return;
    }
  }

  async function passUntil(now: number): Promise<void> {
    for (let next = timers.takeDue(now); next !== null; next = timers.takeDue(now)) {
      const { rule, subjectId, due, still } = next;
      const seen = await still();
      if (seen === null) continue;
      await look([rule], { type: triggerOf(rule.when), data: seen.data, at: due, subjectId }, seen.ticket);
    }
  }

  async function ticketStill({ subjectId, mark, at, due }: Held) {
    const watch = watches.get(subjectId);
    if (watch === undefined || since(watch, mark) !== at || isDone(watch)) return null;
    // Of one that nothing was told of since, its history says how it was.
    const ticket = tickets.get(subjectId) ?? await ticketAt(subjectId, due);
    return ticket === null ? null : { ticket, data: {} };
  }

  /** Sets the timers of times that a ticket began, or is within. What came before the run is none of it. */
  function setTimers(subjectId: string, marks: readonly { mark: Mark; at: number }[]): void {
    for (const { mark, at } of marks) {
      for (const rule of byTrigger.get(`since:${mark}`) ?? []) {
        const due = isTimed(rule.when) ? dueOf(rule.when, { at, calendar }) : null;
        if (due === null || due < from) continue;
        timers.add({ rule, subjectId, due, still: () => ticketStill({ subjectId, mark, at, due }) });
      }
    }
  }

  function followSubject(event: LiveEvent): void {
    const begun = subjects.follow(event);
    if (begun !== null) awaitSubject(begun, event);
  }

  /** Sets the timers of a time that began with an event, or before the run: then what came before it is none of it. */
  function awaitSubject(begun: PastTime, event: Pick<LiveEvent, "at" | "conversationId">): void {
    const { time, subjectId, moment } = begun;
    for (const rule of byTrigger.get(triggerOfTime(time)) ?? []) {
      const at = isOfSubject(rule.when) ? dueOf(rule.when, { at: moment, calendar }) : null;
      if (at === null) continue;
      const due = Math.max(at, event.at);
      if (due < from) continue;
      const still = async () => {
        const data = await subjects.still(begun, due);
        if (data === null) return null;
        const { conversationId } = event;
        const named = recordIn(data, "visit")?.["ticket_id"];
        // Of one that nothing was told of since, its history says how it was, before what came at that very moment.
        const then = () =>
          typeof named === "string" ? ticketAt(named, due) : ticketOfTalkAt(conversationId, due - 1);
        const ticket = ticketOf({ subjectId, conversationId, data }) ?? await then();
        return { data, ticket };
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
    setTimers(subjectId, marksSet(before, after));
  }

  /** A ticket that was there before the run. */
  async function stand(watch: Watch): Promise<void> {
    await letOthers();
    watches.set(watch.ticketId, watch);
    setTimers(watch.ticketId, marksSet(undefined, watch));
  }

  /** A visit that was to come before the run. */
  async function standVisit(visit: Json & { readonly id: string }): Promise<void> {
    await letOthers();
    awaitSubject(subjects.stand(visit), { at: 0, conversationId: null });
  }

  /** A conversation in which a customer waited before the run. */
  async function standTalk(talk: WaitingTalk): Promise<void> {
    await letOthers();
    const begun = subjects.standTalk(talk);
    awaitSubject(begun, { at: 0, conversationId: begun.subjectId });
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
    stand,
    standVisit,
    standTalk,
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

function isDone(ticket: { readonly state?: unknown } | null): boolean {
  return DONE_STATES.some((state) => state === ticket?.state);
}
