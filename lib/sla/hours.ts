import type { KeptCalendar } from "../business-time/schemas.ts";
import type { Ctx, Tx } from "../context.ts";
import { loadBusiness, localeOf } from "../conversations/mod.ts";
import { emit } from "../events/mod.ts";
import { enqueue } from "../jobs/mod.ts";
import { slaRecount } from "./jobs.ts";
import { addRevision, type CalendarRow, insertCalendar, selectDefaultCalendar } from "./store-calendars.ts";

/** The calendar that follows the business's own hours; made when it is needed first. */
export async function defaultCalendar(tx: Tx): Promise<CalendarRow> {
  const known = await selectDefaultCalendar(tx);
  if (known !== undefined) return known;
  const business = await loadBusiness(tx);
  const name = NAME[localeOf([], business.languages)];
  return await insertCalendar(tx, { name, isDefault: true, calendar: hoursOf(business) });
}

const NAME = { es: "Horario de la empresa", en: "Business hours" } as const;

/** The hours alone, of whatever carries them. */
export function hoursOf({ timezone, hours, holidays }: KeptCalendar): KeptCalendar {
  return { timezone, hours, holidays };
}

/** Lets a calendar say something else from an instant on, and the clocks that run by it be reckoned anew. */
export async function reviseCalendar(
  tx: Tx,
  { id, calendar, fromAt }: { id: string; calendar: KeptCalendar; fromAt: number },
): Promise<number> {
  const revision = await addRevision(tx, { id, calendar, fromAt });
  await emit(tx, { type: "calendar.changed", subjectId: id, data: { revision } });
  await enqueue(tx, slaRecount, { calendarId: id, revision, after: null });
  return revision;
}

/** After a change of the business's configuration. The second delivery finds the calendar as it is to be. */
export async function followBusinessHours(ctx: Ctx, { at }: { readonly at: number }): Promise<void> {
  await ctx.transact(async (tx) => {
    const known = await selectDefaultCalendar(tx);
    if (known === undefined) return;
    const calendar = hoursOf(await loadBusiness(tx));
    if (JSON.stringify(hoursOf(known.calendar)) === JSON.stringify(calendar)) return;
    await reviseCalendar(tx, { id: known.id, calendar, fromAt: at });
  });
}
