import type { Calendar, Span } from "../business-time/mod.ts";
import { siteOf, type SiteRow, sitesById } from "../clients/mod.ts";
import {
  takenElsewhere,
  unreadableCalendars,
  type UnreadableView,
  unreadableView,
} from "../connected-calendars/mod.ts";
import type { Ctx } from "../context.ts";
import { loadBusiness } from "../conversations/mod.ts";
import { AppError, invalid } from "../kernel/errors.ts";
import { DAY, iso, MINUTE } from "../kernel/clock.ts";
import {
  activeOperators,
  findOperator,
  type OperatorRow,
  operatorsById,
  shiftsOf,
  teamMembershipsOf,
} from "../operators/mod.ts";
import {
  type Agenda,
  type Clash,
  clashOf,
  freeStarts,
  MOST_TRAVEL_MS,
  type Place,
  type Standing,
} from "./policy.ts";
import { clientZone } from "./load.ts";
import { settingsOf } from "./settings.ts";
import { selectBusy, type VisitRow } from "./store.ts";

const NOWHERE: Place = { siteId: null, latitude: null, longitude: null };

export const placeOf = (site: SiteRow | null): Place =>
  site === null ? NOWHERE : { siteId: site.id, latitude: site.latitude, longitude: site.longitude };

/** The operators' times around a span, each with what stands in it. */
export async function agendasOf(
  at: Ctx,
  { workers, siteId, span, except = null }: {
    workers: readonly OperatorRow[];
    siteId: string | null;
    span: Span;
    except?: string | null;
  },
): Promise<Map<string, Agenda>> {
  const { on_holidays, ...travel } = await settingsOf(at);
  const holidays = on_holidays ? null : await holidaysOf(at);
  const site = siteId === null ? null : await siteOf(at, siteId);
  const hours = site === null ? null : await siteHours(at, site);
  const busy = await selectBusy(at, {
    operatorIds: workers.map(({ id }) => id),
    start: span.start - MOST_TRAVEL_MS,
    end: span.end + MOST_TRAVEL_MS,
    except,
  });
  const taken = await takenElsewhere(at, { operatorIds: workers.map(({ id }) => id), ...span });
  const sites = await sitesById(at, busy.map(({ siteId }) => siteId));
  return new Map(workers.map((worker) => {
    const standing = busy.filter(({ operatorId }) => operatorId === worker.id).flatMap((visit) =>
      toStanding(visit, sites)
    );
    const shifts = shiftsOf(worker);
    return [worker.id, {
      shifts,
      site: hours,
      holidays,
      standing,
      elsewhere: taken.filter(({ operatorId }) => operatorId === worker.id),
      place: placeOf(site),
      travel,
    }];
  }));
}

/** The whole business's holidays, with every other day open; null: it has none. */
async function holidaysOf(at: Ctx): Promise<Calendar | null> {
  const { timezone, holidays } = await loadBusiness(at);
  return holidays.length === 0 ? null : { timezone, hours: null, holidays };
}

/** When a site may be visited, on the clock that hangs there; null: whenever. */
async function siteHours(at: Ctx, site: SiteRow): Promise<Calendar | null> {
  if (site.hours === null) return null;
  const timezone = await clientZone(at, site, { site, business: await loadBusiness(at) });
  return { timezone, hours: site.hours, holidays: [] };
}

function toStanding(
  { id, startsAt, endsAt, siteId }: VisitRow,
  sites: ReadonlyMap<string | null, SiteRow>,
): Standing[] {
  if (startsAt === null || endsAt === null) return [];
  return [{
    id,
    start: startsAt,
    end: endsAt,
    place: placeOf(sites.get(siteId) ?? null),
  }];
}

/** Throws 422, also for one who was made inactive. */
export async function operatorFor(at: Ctx, id: string): Promise<OperatorRow> {
  const worker = await findOperator(at, id);
  if (worker === null) throw invalid("operator_id", "is no operator of this workspace");
  if (!worker.active) throw invalid("operator_id", "is an operator who gets no work: name another");
  return worker;
}

/** Who may be asked: the one operator, all of a team who work, or whoever works. Throws 422. */
export async function workersOf(
  at: Ctx,
  { operatorId, teamId }: { operatorId: string | null; teamId: string | null },
): Promise<OperatorRow[]> {
  if (operatorId !== null) return [await operatorFor(at, operatorId)];
  if (teamId === null) {
    const anybody = await activeOperators(at, MOST_WORKERS);
    if (anybody.length === 0) throw invalid("operator_id", "there is no operator who could make a visit");
    return anybody;
  }
  const members = await teamMembershipsOf(at, { teamIds: [teamId] });
  const workers = (await operatorsById(at, members.map((one) => one.operatorId))).filter(({ active }) =>
    active
  );
  if (workers.length === 0) throw invalid("team_id", "has nobody who could make a visit");
  return workers.sort((a, b) => a.id < b.id ? -1 : 1);
}

/** Agendas that one look compares. */
const MOST_WORKERS = 200;

export interface Slot {
  readonly operator_id: string;
  readonly starts_at: string;
  readonly ends_at: string;
}

const NEAR = { before: DAY, after: 7 * DAY, slots: 5, looked: 200 } as const;

/** The free times that are nearest to one that is not, each with one who could come then. */
export async function slotsNear(
  at: Ctx,
  { workers, siteId, span, except = null }: {
    workers: readonly OperatorRow[];
    siteId: string | null;
    span: Span;
    except?: string | null;
  },
): Promise<Slot[]> {
  const start = Math.max(span.start - NEAR.before, at.now());
  const whole = { start, end: Math.max(span.start, start) + NEAR.after };
  const agendas = await agendasOf(at, { workers, siteId, span: whole, except });
  const { slot_minutes } = await settingsOf(at);
  const durationMs = span.end - span.start;
  const found = [...agendas].flatMap(([operatorId, agenda]) =>
    freeStarts(agenda, { ...whole, durationMs, stepMs: slot_minutes * MINUTE, limit: NEAR.looked })
      .map((begins) => ({ operatorId, begins }))
  );
  const distance = ({ begins }: { begins: number }) => Math.abs(begins - span.start);
  found.sort((a, b) => distance(a) - distance(b) || a.begins - b.begins);
  const times = new Set<number>();
  const nearest = found.filter(({ begins }) => !times.has(begins) && times.add(begins)).slice(0, NEAR.slots);
  return nearest.sort((a, b) => a.begins - b.begins)
    .map(({ operatorId, begins }) => toSlot(operatorId, begins, durationMs));
}

/** The workers' own calendars that could not be read: what they say of the free times may be old. */
export async function unreadableOf(at: Ctx, workers: readonly OperatorRow[]): Promise<UnreadableView[]> {
  return (await unreadableCalendars(at, workers.map(({ id }) => id))).map(unreadableView);
}

export function toSlot(operatorId: string, begins: number, durationMs: number): Slot {
  return { operator_id: operatorId, starts_at: iso(begins), ends_at: iso(begins + durationMs) };
}

const WORDS: Readonly<Record<Clash["reason"], string>> = {
  overlap: "Another visit stands at that time",
  travel: "There is no time to get there from another visit, or from there to it",
  off_shift: "The operator's shift doesn't hold it",
  holiday: "The business makes no visits then: it has a holiday",
  elsewhere: "The operator's own calendar has something else then",
  site_closed: "The site can't be visited then",
};

export interface Wanted {
  readonly workers: readonly OperatorRow[];
  readonly siteId: string | null;
  readonly span: Span;
  readonly except?: string | null;
  /** Only another visit speaks against it. */
  readonly anyway: boolean;
}

/**
 * Who of the workers can take a visit at a time: the one with the fewest visits around it. Throws 409 with why not and
 * the free slots near. Called in the transaction that writes the visit, so two can't have one time.
 */
export async function requireFree(at: Ctx, wanted: Wanted): Promise<string> {
  const { workers, span, anyway } = wanted;
  const agendas = [...await agendasOf(at, wanted)];
  const clashes = agendas.map(([id, agenda]) => ({ id, agenda, clash: clashOf(span, agenda) }));
  const free = clashes.filter(({ clash }) => clash === null || (anyway && clash.reason !== "overlap"));
  const [best] = free.sort((a, b) =>
    Number(a.clash !== null) - Number(b.clash !== null) || a.agenda.standing.length - b.agenda.standing.length
  );
  if (best !== undefined) return best.id;
  const first = clashes[0]?.clash ?? null;
  const slots = await slotsNear(at, wanted);
  throw new AppError("conflict", first === null ? "Nobody is free" : WORDS[first.reason], {
    extra: {
      reason: first?.reason ?? "overlap",
      visit_id: first?.visitId ?? null,
      operator_ids: workers.map(({ id }) => id),
      free_slots: slots,
      unreadable_calendars: await unreadableOf(at, workers),
    },
  });
}
