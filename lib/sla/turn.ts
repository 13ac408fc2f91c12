import { type Calendar, pause } from "../business-time/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { enqueue, enqueueMany } from "../jobs/mod.ts";
import { isoOrNull } from "../kernel/clock.ts";
import { invalid } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { defaultCalendar } from "./hours.ts";
import { slaTick } from "./jobs.ts";
import {
  broken,
  caughtUp,
  holding,
  judged,
  nextDue,
  nextLook,
  targetOf,
  timed,
  type Timeline,
  WALL_CLOCK,
} from "./policy.ts";
import type { ClockKind, SlaPriority } from "./schemas.ts";
import { selectCalendar, selectRevisions } from "./store-calendars.ts";
import { type ClockRow, insertClock, selectOpenClocks, updateClock } from "./store-clocks.ts";
import { type PolicyRow, selectDefaultPolicy, selectPolicy } from "./store-policies.ts";

/** The policy of an id, or the default one; null: the workspace has none. Throws 422. */
export async function policyOf(at: Ctx, id: string | null): Promise<PolicyRow | null> {
  if (id === null) return await selectDefaultPolicy(at) ?? null;
  const policy = await selectPolicy(at, id);
  if (policy === undefined) throw invalid("sla_policy_id", "is no SLA policy of this workspace");
  return policy;
}

/** By what a policy counts, as it is now. */
export interface Base {
  readonly calendarId: string | null;
  readonly calendarRevision: number;
  readonly calendar: Calendar;
}

export async function baseOf(tx: Tx, { counts, calendarId }: PolicyRow): Promise<Base> {
  const row = counts === "wall"
    ? undefined
    : calendarId === null
    ? await defaultCalendar(tx)
    : await selectCalendar(tx, calendarId);
  if (row === undefined) {
    return { calendarId: null, calendarRevision: 0, calendar: WALL_CLOCK.first.calendar };
  }
  return { calendarId: row.id, calendarRevision: row.revision, calendar: row.calendar };
}

interface NewClockOf {
  readonly ticketId: string;
  readonly priority: SlaPriority;
  readonly policy: PolicyRow;
  readonly base: Base;
}

/** Begins promises now. */
export async function openClocks(
  tx: Tx,
  kinds: readonly ClockKind[],
  promise: NewClockOf,
): Promise<ClockRow[]> {
  const rows = kinds.map((kind) => newClock(tx, kind, promise));
  for (const row of rows) await insertClock(tx, row);
  // Nothing can wait for a clock that was not there: its timers need no key.
  const looks = rows.flatMap((row) => {
    const at = nextLook(row);
    return at === null ? [] : [{ payload: { clockId: row.id, at }, runAt: at }];
  });
  await enqueueMany(tx, slaTick, looks);
  return rows;
}

function newClock(
  tx: Tx,
  kind: ClockKind,
  { ticketId, priority, policy, base: { calendar, ...base } }: NewClockOf,
): ClockRow {
  return timed({
    id: newId("slaClock"),
    workspaceId: tx.workspaceId,
    ticketId,
    kind,
    policyId: policy.id,
    priority,
    ...base,
    state: "running",
    ...targetOf(policy, { kind, priority }),
    elapsedMs: 0,
    since: tx.now(),
    warnAt: null,
    dueAt: null,
    warnedAt: null,
    breachedAt: null,
    endedAt: null,
    createdAt: tx.now(),
    updatedAt: tx.now(),
  }, calendar);
}

/** Changes each clock of a ticket that is not over, and settles what it comes to. Resolves to the next due time. */
export async function changeEach(
  tx: Tx,
  ticketId: string,
  change: (row: ClockRow, calendar: Calendar) => ClockRow,
): Promise<number | null> {
  const after: ClockRow[] = [];
  for (const row of await selectOpenClocks(tx, ticketId)) {
    after.push(await settle(tx, row, { change, timeline: await timelineOf(tx, row) }));
  }
  return nextDue(after);
}

/** Promises what a policy says of a priority, in each clock of a ticket that is not over. */
export async function retarget(
  tx: Tx,
  { ticketId, priority, policy }: Omit<NewClockOf, "base">,
): Promise<number | null> {
  const { calendar, ...base } = await baseOf(tx, policy);
  const after: ClockRow[] = [];
  for (const row of await selectOpenClocks(tx, ticketId)) {
    const target = targetOf(policy, { kind: row.kind, priority });
    const change = (old: ClockRow, before: Calendar): ClockRow => {
      const { elapsed } = pause(before, { elapsed: old.elapsedMs, since: old.since }, tx.now());
      const since = old.since === null ? null : tx.now();
      const now = { ...old, ...base, ...target, priority, policyId: policy.id, elapsedMs: elapsed, since };
      return target.targetMs === null || elapsed < target.targetMs ? unbroken(now, old) : now;
    };
    after.push(await settle(tx, row, { change, timeline: await timelineOf(tx, row), by: calendar }));
  }
  return nextDue(after);
}

/** A promise that was broken by a former target is open again under one that is not yet spent. */
function unbroken(row: ClockRow, { targetMs, warnMs }: ClockRow): ClockRow {
  const warnedAt = row.targetMs === targetMs && row.warnMs === warnMs ? row.warnedAt : null;
  if (row.state !== "breached") return { ...row, warnedAt };
  return { ...row, warnedAt, breachedAt: null, state: row.since === null ? "paused" : "running" };
}

/** A clock that is over: met, or stopped before it was; a broken promise stays broken. */
export function ended(
  row: ClockRow,
  { calendar, now, as }: { calendar: Calendar; now: number; as: "met" | "stopped" },
): ClockRow {
  const { elapsed } = pause(calendar, { elapsed: row.elapsedMs, since: row.since }, now);
  const state = row.state === "breached" ? "breached" : row.targetMs === null ? "stopped" : as;
  return { ...row, state, elapsedMs: elapsed, since: null, warnAt: null, endedAt: now };
}

interface Settlement {
  readonly timeline: Timeline;
  readonly change?: (row: ClockRow, calendar: Calendar) => ClockRow;
  /** The calendar that counts after the change. Default: the clock's own. */
  readonly by?: Calendar;
}

/**
 * Brings a clock to the present, applies a change, and writes what came of it with its events and its next look. The
 * same again finds nothing left to do.
 */
export async function settle(
  tx: Tx,
  row: ClockRow,
  { timeline, change = (same) => same, by }: Settlement,
): Promise<ClockRow> {
  const { calendar } = holding(timeline);
  const present = broken(caughtUp(row, timeline), tx.now());
  const changed = change(present, calendar);
  const counts = changed === present || changed.endedAt !== null ? changed : timed(changed, by ?? calendar);
  const after = judged(counts, tx.now());
  if (after === row) return row;
  await updateClock(tx, after);
  await tell(tx, row, present);
  await tell(tx, present, after);
  if (present.dueAt !== row.dueAt) await emitOf(tx, "sla.due_changed", after);
  if (nextLook(after) !== nextLook(row)) await lookAgain(tx, after);
  return after;
}

/** Writes the events of what became of a clock, and of what holds no more. */
export async function tell(tx: Tx, before: ClockRow, after: ClockRow): Promise<void> {
  const [had, has] = [timesOf(before), timesOf(after)];
  const taken = timesWithout(had, has);
  if (Object.keys(taken).length > 0) await emitOf(tx, "sla.taken_back", after, taken);
  for (const [name, at] of Object.entries(timesWithout(has, had))) {
    await emitOf(tx, NEWS[name as keyof Times], after, { [name]: at });
  }
}

/** When what is told of a promise came to be. */
interface Times {
  readonly warned_at: number | null;
  readonly breached_at: number | null;
  readonly met_at: number | null;
}

const NEWS = {
  warned_at: "sla.warned",
  breached_at: "sla.breached",
  met_at: "sla.met",
} as const satisfies Record<keyof Times, string>;

function timesOf({ state, warnedAt, breachedAt, endedAt }: ClockRow): Times {
  return { warned_at: warnedAt, breached_at: breachedAt, met_at: state === "met" ? endedAt : null };
}

/** Those of one that the other has not. */
function timesWithout(one: Times, other: Times): Partial<Times> {
  return Object.fromEntries(
    (Object.keys(NEWS) as (keyof Times)[]).flatMap((name) =>
      one[name] !== null && one[name] !== other[name] ? [[name, one[name]]] : []
    ),
  );
}

async function emitOf(tx: Tx, type: string, row: ClockRow, times: Partial<Times> = {}): Promise<void> {
  const data = {
    ticket_id: row.ticketId,
    clock: row.kind,
    clock_id: row.id,
    policy_id: row.policyId,
    priority: row.priority,
    due_at: isoOrNull(row.dueAt),
    target_ms: row.targetMs,
    elapsed_ms: row.elapsedMs,
    ...Object.fromEntries(Object.entries(times).map(([name, at]) => [name, isoOrNull(at)])),
  };
  await emit(tx, { type, subjectId: row.ticketId, data });
}

/** The timer of the clock's next instant. One of an instant that is no more finds nothing to do. */
async function lookAgain(tx: Tx, row: ClockRow): Promise<void> {
  const at = nextLook(row);
  if (at !== null) await enqueue(tx, slaTick, { clockId: row.id, at }, { runAt: at });
}

/** What the calendar of a clock said since the clock's own revision. */
export async function timelineOf(at: Ctx, { calendarId, calendarRevision }: ClockRow): Promise<Timeline> {
  if (calendarId === null) return WALL_CLOCK;
  const [first, ...later] = await selectRevisions(at, { calendarId, revision: calendarRevision });
  return first === undefined ? WALL_CLOCK : { first, later };
}
