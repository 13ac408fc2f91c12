import type { Ctx } from "../context.ts";
import { enqueue } from "../jobs/mod.ts";
import { slaRecount } from "./jobs.ts";
import { type ClockPlace, selectClock, selectOpenAfter } from "./store-clocks.ts";
import { settle, timelineOf } from "./turn.ts";

/** What a clock comes to at its time. The second delivery, and a timer of an instant that moved, change nothing. */
export async function tickClock(ctx: Ctx, { clockId }: { readonly clockId: string }): Promise<void> {
  await ctx.transact(async (tx) => {
    const row = await selectClock(tx, clockId);
    if (row === undefined || row.endedAt !== null) return;
    await settle(tx, row, { timeline: await timelineOf(tx, row) });
  });
}

const BATCH = 200;

/**
 * Reckons the clocks of a calendar anew: looks at so many that are not over in a commit; the rest is the next job. No
 * index leads to those of a calendar: each ticket would pay for it, and calendars change rarely.
 */
export async function recountClocks(
  ctx: Ctx,
  { calendarId, revision, after }: { calendarId: string; revision: number; after: string | null },
): Promise<void> {
  await ctx.transact(async (tx) => {
    const rows = await selectOpenAfter(tx, { after: placeOf(after), limit: BATCH });
    const behind = rows.filter((row) => row.calendarId === calendarId && row.calendarRevision < revision);
    for (const row of behind) await settle(tx, row, { timeline: await timelineOf(tx, row) });
    const last = rows.at(-1);
    if (rows.length < BATCH || last === undefined) return;
    await enqueue(tx, slaRecount, { calendarId, revision, after: `${last.ticketId} ${last.kind}` });
  });
}

function placeOf(after: string | null): ClockPlace {
  const [ticketId = "", kind = ""] = after?.split(" ") ?? [];
  return [ticketId, kind];
}
