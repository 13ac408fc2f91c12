import { audit } from "../audit/mod.ts";
import {
  addBusinessTime,
  businessTimeBetween,
  isOpen,
  nextOpening,
  subtractBusinessTime,
} from "../business-time/mod.ts";
import type { KeptCalendar } from "../business-time/schemas.ts";
import type { Ctx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { isoOrNull, MINUTE } from "../kernel/clock.ts";
import { AppError, invalid, notFound } from "../kernel/errors.ts";
import { given } from "../kernel/given.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import { requireVersion, type Versions } from "../kernel/versions.ts";
import { defaultCalendar, hoursOf, reviseCalendar } from "./hours.ts";
import {
  type CalendarChange,
  calendarChange,
  type CalendarInput,
  calendarInput,
  type MeasureInput,
} from "./schemas.ts";
import {
  type CalendarRow,
  deleteCalendarRow,
  insertCalendar,
  renameCalendar,
  selectCalendar,
  selectCalendars,
  selectDefaultCalendar,
  selectPoliciesBy,
} from "./store-calendars.ts";

/** The calendars, newest first; the business's own hours are among them. */
export async function listCalendars(ctx: Ctx, { limit, cursor }: PageRequest): Promise<Page<CalendarRow>> {
  requireScope(ctx, "sla:read");
  if (await selectDefaultCalendar(ctx) === undefined) await ctx.transact(defaultCalendar);
  const before = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectCalendars(ctx, { before, limit: limit + 1 });
  return toPage(rows, { limit, keysOf: ({ id }) => [id], toDto: (row) => row });
}

/** Which calendar, and where wanted under which of its versions. */
interface CalendarChoice {
  readonly id: string;
  readonly versions?: Versions;
}

/** Throws 404. */
export async function getCalendar(ctx: Ctx, id: string): Promise<CalendarRow> {
  requireScope(ctx, "sla:read");
  return await loadCalendar(ctx, id);
}

async function loadCalendar(at: Ctx, id: string): Promise<CalendarRow> {
  const row = await selectCalendar(at, id);
  if (row === undefined) throw notFound("calendar", id);
  return row;
}

/** Throws 422. */
export async function createCalendar(ctx: Ctx, input: CalendarInput): Promise<CalendarRow> {
  requireScope(ctx, "sla:write");
  const { name, ...hours } = calendarInput.parse(input);
  const calendar = opening(hoursOf(hours), ctx.now());
  return await ctx.transact(async (tx) => {
    const row = await insertCalendar(tx, { name, isDefault: false, calendar });
    await emit(tx, { type: "calendar.created", subjectId: row.id, data: { name } });
    await audit(tx, { action: "calendar.create", subjectId: row.id, detail: { name } });
    return row;
  });
}

/**
 * Changes what is given. Time that clocks have counted stays as it was counted; from now on they count by the new
 * hours. Throws 404, 412, 422, and 409 for the business's own hours, which change with the business.
 */
export async function updateCalendar(
  ctx: Ctx,
  { id, versions, ...input }: CalendarChange & CalendarChoice,
): Promise<CalendarRow> {
  requireScope(ctx, "sla:write");
  const { name, ...change } = calendarChange.parse(input);
  return await ctx.transact(async (tx) => {
    const row = await loadCalendar(tx, id);
    requireVersion(row, { versions, what: "calendar" });
    if (row.isDefault) throw followsBusiness();
    if (name !== undefined) await renameCalendar(tx, id, name);
    if (Object.keys(change).length > 0) {
      const calendar = opening(hoursOf({ ...row.calendar, ...given(change) }), tx.now());
      await reviseCalendar(tx, { id, calendar, fromAt: tx.now() });
    }
    const fields = Object.keys(input);
    await audit(tx, { action: "calendar.update", subjectId: id, detail: { fields } });
    return await loadCalendar(tx, id);
  });
}

/** Throws 404, 412, and 409 while a policy counts by it. Clocks that run by it run on. */
export async function deleteCalendar(ctx: Ctx, { id, versions }: CalendarChoice): Promise<void> {
  requireScope(ctx, "sla:write");
  await ctx.transact(async (tx) => {
    const row = await loadCalendar(tx, id);
    requireVersion(row, { versions, what: "calendar" });
    if (row.isDefault) throw followsBusiness();
    const policies = await selectPoliciesBy(tx, id);
    if (policies.length > 0) {
      throw new AppError("conflict", "SLA policies count by this calendar: give them another one first", {
        extra: { policies },
      });
    }
    await deleteCalendarRow(tx, id);
    await emit(tx, { type: "calendar.deleted", subjectId: id, data: { name: row.name } });
    await audit(tx, { action: "calendar.delete", subjectId: id, detail: { name: row.name } });
  });
}

export interface Measured {
  readonly open: boolean;
  readonly next_opening: string | null;
  /** When the minutes will have gone by, or had to begin; null: never within ten years. */
  readonly at: string | null;
  /** Whole business minutes up to the other time, negative when that is earlier; null: none was given. */
  readonly minutes_between: number | null;
}

/** What a calendar says of an instant: open or not, when next, and when so many business minutes have gone by. */
export async function measureCalendar(
  ctx: Ctx,
  { id, from, minutes, to }: MeasureInput & { readonly id: string },
): Promise<Measured> {
  const { calendar } = await getCalendar(ctx, id);
  const start = Date.parse(from);
  const at = minutes < 0
    ? subtractBusinessTime(calendar, start, -minutes * MINUTE)
    : addBusinessTime(calendar, start, minutes * MINUTE);
  return {
    open: isOpen(calendar, start),
    next_opening: isoOrNull(nextOpening(calendar, start)),
    at: isoOrNull(at),
    minutes_between: to === undefined ? null : minutesBetween(calendar, start, Date.parse(to)),
  };
}

/** Negative when the second is the earlier one. */
function minutesBetween(calendar: KeptCalendar, one: number, other: number): number {
  const [from, to] = [Math.min(one, other), Math.max(one, other)];
  return Math.sign(other - one) * Math.floor(businessTimeBetween(calendar, from, to) / MINUTE);
}

function opening(calendar: KeptCalendar, now: number): KeptCalendar {
  if (nextOpening(calendar, now) === null) {
    throw invalid("hours", "never open: give at least one day a shift, or null for always");
  }
  return calendar;
}

function followsBusiness(): AppError {
  return new AppError(
    "conflict",
    "This calendar follows the business's own hours: change them at /api/business/config",
  );
}
