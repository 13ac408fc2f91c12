import { type Calendar, mergeSpans, openBetween, type Span, wallClock } from "../business-time/mod.ts";
import type { VisitState } from "../../db/schema/visits.ts";
import { AppError } from "../kernel/errors.ts";
import { DAY, HOUR, MINUTE } from "../kernel/clock.ts";

/** Who confirmed or called a visit off, where the client did so by the link. */
export const CLIENT = "client";

/** From which state a visit may go where. */
export const TRANSITIONS = {
  requested: ["scheduled", "cancelled"],
  scheduled: ["scheduled", "confirmed", "on_the_way", "checked_in", "cancelled", "no_show"],
  confirmed: ["scheduled", "on_the_way", "checked_in", "cancelled", "no_show"],
  on_the_way: ["checked_in", "cancelled", "no_show"],
  checked_in: ["completed"],
  completed: [],
  cancelled: [],
  no_show: ["scheduled"],
} as const satisfies Record<VisitState, readonly VisitState[]>;

/** States in which a visit takes up its operator's time. */
export const BUSY_STATES = ["scheduled", "confirmed", "on_the_way", "checked_in"] as const;

/** Throws 409 with what would be legal. */
export function requireTransition(from: VisitState, to: VisitState): void {
  const allowed: readonly VisitState[] = TRANSITIONS[from];
  if (allowed.includes(to)) return;
  throw new AppError("conflict", `A visit that is ${from} can't become ${to}`, {
    extra: { state: from, allowed: [...allowed] },
  });
}

/** Where a visit is; two without a site are at different places. */
export interface Place {
  readonly siteId: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
}

/** A visit that stands, as far as others must keep clear of it. */
export interface Standing extends Span {
  readonly id: string;
  readonly place: Place;
}

export interface Travel {
  readonly travel_minutes: number;
  readonly speed_kmh: number | null;
}

/** No way counts for longer, and no visit is longer: what is further off need not be looked at. */
export const MOST_TRAVEL_MS = DAY;
export const MOST_VISIT_MS = DAY;

const EARTH_KM = 6371;
/** Streets are longer than the line through the air, by about this much. */
const DETOUR = 1.3;

/** How long the way between two places takes, in milliseconds. */
export function travelMs(one: Place, other: Place, { travel_minutes, speed_kmh }: Travel): number {
  if (one.siteId !== null && one.siteId === other.siteId) return 0;
  const km = speed_kmh === null ? null : distanceKm(one, other);
  if (km === null || speed_kmh === null) return travel_minutes * MINUTE;
  return Math.min(Math.ceil((km * DETOUR / speed_kmh) * HOUR / MINUTE) * MINUTE, MOST_TRAVEL_MS);
}

/** Along a great circle (haversine); null when a position is not known. */
function distanceKm(one: Place, other: Place): number | null {
  const { latitude: a, longitude: b } = one;
  const { latitude: c, longitude: d } = other;
  if (a === null || b === null || c === null || d === null) return null;
  const rad = Math.PI / 180;
  const half = Math.sin((c - a) * rad / 2) ** 2 +
    Math.cos(a * rad) * Math.cos(c * rad) * Math.sin((d - b) * rad / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** What one operator's time looks like around a visit that is to be made. */
export interface Agenda {
  readonly shifts: Calendar;
  /** When the place may be visited; null: whenever. */
  readonly site: Calendar | null;
  /** The days on which the whole business makes no visits, or at other hours; null: it has none. */
  readonly holidays: Calendar | null;
  readonly standing: readonly Standing[];
  /** What connected calendars say is taken, in order. The way to it is not known. */
  readonly elsewhere: readonly Span[];
  readonly place: Place;
  readonly travel: Travel;
}

type ClosedReason = "off_shift" | "site_closed" | "holiday";

export type Clash =
  | { readonly reason: "overlap" | "travel"; readonly visitId: string }
  | { readonly reason: ClosedReason | "elsewhere"; readonly visitId: null };

export type ClashReason = Clash["reason"];

/** What speaks against a time: another visit before all; null: it is free. */
export function clashOf(span: Span, agenda: Agenda): Clash | null {
  const { standing, elsewhere, place, travel } = agenda;
  const over = standing.find((one) => one.start < span.end && span.start < one.end);
  if (over !== undefined) return { reason: "overlap", visitId: over.id };
  for (const [reason, calendar] of boundsOf(agenda)) {
    if (!isWithin(span, openBetween(calendar, span))) return { reason, visitId: null };
  }
  if (elsewhere.some((one) => one.start < span.end && span.start < one.end)) {
    return { reason: "elsewhere", visitId: null };
  }
  const close = standing.find((one) => isTooClose(span, one, travelMs(one.place, place, travel)));
  return close === undefined ? null : { reason: "travel", visitId: close.id };
}

/** All of what has to be open, the first reason first. */
function boundsOf({ shifts, holidays, site }: Agenda): [ClosedReason, Calendar][] {
  const bounds: [ClosedReason, Calendar][] = [["off_shift", shifts]];
  if (holidays !== null) bounds.push(["holiday", holidays]);
  if (site !== null) bounds.push(["site_closed", site]);
  return bounds;
}

const isWithin = ({ start, end }: Span, open: readonly Span[]) =>
  open.some((one) => one.start <= start && end <= one.end);

const isTooClose = (span: Span, one: Span, wayMs: number) =>
  one.start < span.end + wayMs && span.start < one.end + wayMs;

/** The times at which a visit could begin, in order: multiples of `stepMs` on the operator's clock, at most `limit`. */
export function freeStarts(
  agenda: Agenda,
  { start, end, durationMs, stepMs, limit }: Span & { durationMs: number; stepMs: number; limit: number },
): number[] {
  const { standing, elsewhere, place, travel } = agenda;
  const kept = standing.map((one) => {
    const wayMs = travelMs(one.place, place, travel);
    return { start: one.start - wayMs, end: one.end + wayMs };
  });
  const blocked = mergeSpans([...kept, ...elsewhere]);
  const whole = { start, end: end + durationMs };
  const open = boundsOf(agenda).map(([, calendar]) => openBetween(calendar, whole)).reduce(overlaps);
  const found: number[] = [];
  const next = stepsOn(agenda.shifts.timezone, stepMs);
  for (const span of cutOut(open, blocked)) {
    for (let at = next(Math.max(span.start, start)); at < end; at = next(at + MINUTE)) {
      if (at + durationMs > span.end) break;
      found.push(at);
      if (found.length >= limit) return found;
    }
  }
  return found;
}

/** The first multiple of a step on a zone's wall clock at or after an instant: a shift from 9:00 begins with one. */
function stepsOn(zone: string, stepMs: number): (at: number) => number {
  const wall = wallClock(zone);
  return (from) => {
    let at = Math.ceil(from / MINUTE) * MINUTE;
    // Once more where the clock was moved in between.
    for (let into = wall(at) % stepMs; into > 0; into = wall(at) % stepMs) at += stepMs - into;
    return at;
  };
}

/** What is left of `spans` without `holes`; both in order. */
function cutOut(spans: readonly Span[], holes: readonly Span[]): Span[] {
  return spans.flatMap((span) => {
    const left: Span[] = [];
    let from = span.start;
    for (const hole of holes) {
      if (hole.end <= from || hole.start >= span.end) continue;
      if (hole.start > from) left.push({ start: from, end: hole.start });
      from = hole.end;
    }
    return from < span.end ? [...left, { start: from, end: span.end }] : left;
  });
}

function overlaps(spans: readonly Span[], others: readonly Span[]): Span[] {
  return spans.flatMap((one) =>
    others.map((other) => ({ start: Math.max(one.start, other.start), end: Math.min(one.end, other.end) }))
      .filter(({ start, end }) => start < end)
  );
}
