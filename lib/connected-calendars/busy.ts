import { mergeSpans, type Span } from "../business-time/mod.ts";
import { DAY, nextTurn } from "../kernel/clock.ts";
import { type Component, type Property, readComponents, valueOf } from "./lines.ts";
import { type Budget, readRule, recurrences } from "./recurrence.ts";
import { type Clocks, instantOf, readDuration, readTime, type Time } from "./times.ts";
import { namedZone, readWall, UTC, zonesOf } from "./zones.ts";

/** A time that is taken. */
export interface Busy extends Span {
  /** Of an appointment that went out from here and came back. */
  readonly visitId: string | null;
}

export interface BusyTimes {
  readonly busy: readonly Busy[];
  readonly events: number;
  /** Events that could not be understood, or not wholly. */
  readonly skipped: number;
}

/** What a calendar may cost: days that its rules look at, in all and of one event, and times that are kept of it. */
const MOST = { days: 500_000, daysOfEvent: 60_000, spans: 5000, events: 50_000, ofOneName: 20 } as const;
/** A listed time costs as much to read as so many days to look at. */
const LISTED_DAYS = 4;
const A_TURN = { events: 500, days: 20_000 } as const;

/**
 * When a calendar (RFC 5545) says that somebody is busy, within a span. `zone` is the clock of times that name none.
 * null: the text is no calendar, or it broke off.
 */
export async function readBusy(
  text: string,
  { zone, ...within }: Span & { zone: string },
): Promise<BusyTimes | null> {
  const calendars = await readComponents(text);
  if (calendars === null) return null;
  const found: Found = { busy: [], events: 0, skipped: 0 };
  const budget = { days: MOST.days };
  for (const calendar of calendars) {
    const zoneOf = zonesOf(calendar, budget);
    const named = valueOf(calendar, "X-WR-TIMEZONE");
    const look = {
      within,
      budget,
      clocks: { zoneOf, local: (named === "" ? null : zoneOf(named)) ?? namedZone(zone) },
    };
    const events = calendar.children.filter(({ name }) => name === "VEVENT");
    found.events += events.length;
    found.skipped += Math.max(0, events.length - MOST.events);
    // Events without a name of their own are none of another's.
    const groups = Map.groupBy(events.slice(0, MOST.events), (one) => valueOf(one, "UID") || one);
    let turn = { events: 0, days: budget.days };
    for (const group of groups.values()) {
      addGroup(found, look, group);
      turn.events += group.length;
      if (turn.events < A_TURN.events && turn.days - budget.days < A_TURN.days) continue;
      await nextTurn();
      turn = { events: 0, days: budget.days };
    }
    for (const one of calendar.children) if (one.name === "VFREEBUSY") addFreeBusy(found, look, one);
  }
  const others = mergeSpans(found.busy.filter(({ visitId }) => visitId === null));
  const ours = found.busy.filter(({ visitId }) => visitId !== null);
  const all = [...others.map(({ start, end }) => ({ start, end, visitId: null })), ...ours];
  const { events, skipped } = found;
  return { busy: all.slice(0, MOST.spans), events, skipped: skipped + Math.max(0, all.length - MOST.spans) };
}

interface Found {
  readonly busy: Busy[];
  events: number;
  skipped: number;
}

interface Look {
  readonly within: Span;
  readonly budget: Budget;
  readonly clocks: Clocks;
}

const OURS = /^(vis_[0-9a-z]{26})@cauce$/;

/** An event with those of its recurrences that are other than the rule says. */
function addGroup(found: Found, look: Look, group: readonly Component[]): void {
  const visitId = OURS.exec(valueOf(group[0] ?? NOTHING, "UID"))?.[1] ?? null;
  const isMoved = (one: Component) => valueOf(one, "RECURRENCE-ID") !== "";
  const moved = group.filter(isMoved).flatMap((one) => listed(one, "RECURRENCE-ID", look));
  let named = 0;
  const spans = group.flatMap((one) => {
    // A name is one event's; a file that gives it to many is broken, and would be costly.
    if (!isMoved(one) && ++named > MOST.ofOneName) {
      found.skipped++;
      return [];
    }
    if (isFree(one)) return [];
    const when = timeOf(one, look);
    if (when === null) {
      found.skipped++;
      return [];
    }
    if (isMoved(one)) return [spanAt(when, when.start.wall)];
    const { spans, whole } = spansOf(one, look, { when, moved });
    if (!whole) found.skipped++;
    return spans;
  });
  addSpans(found, look, spans.map((span) => ({ ...span, visitId })));
}

const NOTHING: Component = { name: "", properties: [], children: [] };

function addSpans(found: Found, { within }: Look, spans: readonly Busy[]): void {
  for (const { start, end, visitId } of spans) {
    const cut = { start: Math.max(start, within.start), end: Math.min(end, within.end) };
    if (cut.start < cut.end) found.busy.push({ ...cut, visitId });
  }
}

function isFree(event: Component): boolean {
  return valueOf(event, "STATUS").toUpperCase() === "CANCELLED" ||
    valueOf(event, "TRANSP").toUpperCase() === "TRANSPARENT" ||
    valueOf(event, "X-MICROSOFT-CDO-BUSYSTATUS").toUpperCase() === "FREE";
}

/** When an event is first, and for how long; days are days of the wall clock, whatever that does meanwhile. */
interface When {
  readonly start: Time;
  readonly lengthMs: number;
}

function timeOf(event: Component, { clocks }: Look): When | null {
  const [begins] = all(event, "DTSTART");
  const start = begins === undefined ? null : readTime(begins, begins.value, clocks);
  if (start === null) return null;
  const [ends] = all(event, "DTEND");
  const end = ends === undefined ? null : readTime(ends, ends.value, clocks);
  if (ends !== undefined && end === null) return null;
  const duration = valueOf(event, "DURATION");
  const lengthMs = end !== null
    ? start.isDay ? end.wall - start.wall : instantOf(end) - instantOf(start)
    : duration !== ""
    ? readDuration(duration)
    : start.isDay
    ? DAY
    : 0;
  return lengthMs === null ? null : { start, lengthMs: Math.max(0, lengthMs) };
}

function spanAt({ start, lengthMs }: When, wall: number): Span {
  const begin = start.zone.toInstant(wall);
  return { start: begin, end: start.isDay ? start.zone.toInstant(wall + lengthMs) : begin + lengthMs };
}

const all = ({ properties }: Component, name: string) => properties.filter((one) => one.name === name);

/** Every time that an event recurs; `whole` is false when there are others that could not be found. */
function spansOf(
  event: Component,
  look: Look,
  { when, moved }: { when: When; moved: readonly Listed[] },
): { spans: Span[]; whole: boolean } {
  const { start, lengthMs } = when;
  const rules = all(event, "RRULE");
  const dates = listed(event, "RDATE", look);
  if (rules.length + dates.length === 0 && moved.length === 0) {
    return { spans: [spanAt(when, start.wall)], whole: true };
  }
  // A day on either side, because the wall clock is not UTC.
  const range = {
    start: start.wall,
    from: start.zone.toWall(look.within.start) - lengthMs - DAY,
    to: start.zone.toWall(look.within.end) + DAY,
  };
  let whole = true;
  const walls = new Set([start.wall]);
  for (const { value } of rules) {
    const rule = readRule(value);
    const limit = rule?.until ?? null;
    const until = limit === null ? null : untilOf(limit, start);
    const again = rule === null
      ? null
      : spending(look.budget, (own) => recurrences(rule, { ...range, until }, own));
    if (again === null) whole = false;
    for (const wall of again ?? []) walls.add(wall);
  }
  const wallOf = (time: Time) => time.zone === start.zone ? time.wall : start.zone.toWall(instantOf(time));
  const periods: Span[] = [];
  for (const { time, end } of dates) {
    if (end === null) walls.add(wallOf(time));
    else periods.push({ start: instantOf(time), end });
  }
  const left = [...listed(event, "EXDATE", look), ...moved].map(({ time }) => time);
  const exact = new Set(left.map(wallOf));
  const days = new Set(left.filter(({ isDay }) => isDay && !start.isDay).map(({ wall }) => wall));
  const kept = [...walls].filter((wall) => !exact.has(wall) && !days.has(Math.floor(wall / DAY) * DAY));
  return { spans: [...kept.map((wall) => spanAt(when, wall)), ...periods], whole };
}

/** Lets one event spend its share of what is left. */
function spending<T>(budget: Budget, spend: (own: Budget) => T): T {
  const share = Math.min(budget.days, MOST.daysOfEvent);
  const own = { days: share };
  const result = spend(own);
  budget.days -= share - own.days;
  return result;
}

function untilOf(text: string, { zone }: Time): number | null {
  if (text.endsWith("Z")) {
    const at = readWall(text.slice(0, -1));
    return at === null ? null : zone.toWall(at);
  }
  const wall = readWall(text);
  return wall === null || text.includes("T") ? wall : wall + DAY - 1;
}

interface Listed {
  readonly time: Time;
  readonly end: number | null;
}

/** The times of a property that lists them; of a period also its end. What can't be read is left out. */
function listed(
  event: Component,
  name: string,
  { clocks, budget }: Look,
): Listed[] {
  return all(event, name).flatMap((property) =>
    property.value.split(",").flatMap((text) => {
      if ((budget.days -= LISTED_DAYS) < 0) return [];
      const [begins = "", ends] = text.trim().split("/");
      const time = readTime(property, begins, clocks);
      if (time === null) return [];
      return [{ time, end: ends === undefined ? null : endOf(property, ends, { time, clocks }) }];
    })
  );
}

/** The end of a period: a time, or a duration from its beginning. */
function endOf(
  property: Pick<Property, "params">,
  text: string,
  { time, clocks }: { time: Time; clocks: Clocks },
): number | null {
  const lengthMs = readDuration(text);
  if (lengthMs !== null) return instantOf(time) + lengthMs;
  const end = readTime(property, text, clocks);
  return end === null ? null : instantOf(end);
}

function addFreeBusy(found: Found, look: Look, component: Component): void {
  found.events++;
  for (const property of all(component, "FREEBUSY")) {
    if (property.params.get("FBTYPE")?.toUpperCase() === "FREE") continue;
    for (const text of property.value.split(",")) {
      const [begins = "", ends = ""] = text.trim().split("/");
      const time = readTime({ params: NONE }, begins, { ...look.clocks, local: UTC });
      const end = time === null ? null : endOf({ params: NONE }, ends, { time, clocks: look.clocks });
      if (time === null || end === null) found.skipped++;
      else addSpans(found, look, [{ start: instantOf(time), end, visitId: null }]);
    }
  }
}

const NONE: ReadonlyMap<string, string> = new Map();
