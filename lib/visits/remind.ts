import type { Ctx, Tx } from "../context.ts";
import { enqueue } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { MINUTE } from "../kernel/clock.ts";
import { visitRemind } from "./jobs.ts";
import { linkOf } from "./link.ts";
import { settingsOf } from "./settings.ts";
import { selectVisit, type VisitRow } from "./store.ts";
import { type Side, tellSide } from "./tell.ts";

/** Sets the reminders of a visit. Those of the time that it had before find another time in it and end. */
export async function setReminders(tx: Tx, { id: visitId, startsAt }: VisitRow): Promise<void> {
  if (startsAt === null) return;
  const { remind_client_minutes, remind_operator_minutes } = await settingsOf(tx);
  const all: [Side, number][] = [
    ...remind_client_minutes.map((minutes): [Side, number] => ["client", minutes]),
    ...remind_operator_minutes.map((minutes): [Side, number] => ["operator", minutes]),
  ];
  for (const [audience, minutes] of all) {
    const runAt = startsAt - minutes * MINUTE;
    // A visit of this afternoon needs no reminder of yesterday.
    if (runAt <= tx.now()) continue;
    await enqueue(tx, visitRemind, { visitId, audience, minutes, startsAt }, { runAt });
  }
}

interface Reminder {
  readonly visitId: string;
  readonly audience: Side;
  readonly minutes: number;
  readonly startsAt: number;
}

/** Reminds one side, unless the visit was moved, is over or off. The notification's key keeps it from being sent twice. */
export async function remindOfVisit(
  ctx: Ctx,
  { visitId, audience, minutes, startsAt }: Reminder,
): Promise<void> {
  requireScope(ctx, "visits:write");
  const link = await linkOf(ctx, visitId);
  await ctx.transact(async (tx) => {
    const visit = await selectVisit(tx, visitId);
    if (visit === null || visit.startsAt !== startsAt || startsAt <= tx.now()) return;
    if (visit.state !== "scheduled" && visit.state !== "confirmed") return;
    const key = `visit:${visitId}:reminder:${audience}:${minutes}:${startsAt}`;
    await tellSide(tx, { visit, side: audience, news: "reminder", link, key, until: startsAt });
  });
}
