import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { DAY, MINUTE } from "../kernel/clock.ts";
import type { UnreadableView } from "../connected-calendars/mod.ts";
import { there } from "../kernel/errors.ts";
import { findSite } from "../clients/mod.ts";
import { agendasOf, type Slot, toSlot, unreadableOf, workersOf } from "./agenda.ts";
import { freeStarts } from "./policy.ts";
import { type SlotsQuery, slotsQuery } from "./schemas.ts";
import { settingsOf } from "./settings.ts";

export interface Slots {
  readonly data: Slot[];
  /** Operators' own calendars that could not be read: they may be busy at some of the times. */
  readonly unreadable_calendars: UnreadableView[];
}

/** When an operator, or anybody of a team, could make a visit: in order, the earliest first. */
export async function findSlots(ctx: Ctx, input: SlotsQuery): Promise<Slots> {
  requireScope(ctx, "visits:read");
  const { operator_id, team_id, site_id, from, to, minutes, limit } = slotsQuery.parse(input);
  if (site_id !== undefined) there("site_id", await findSite(ctx, site_id));
  const workers = await workersOf(ctx, { operatorId: operator_id ?? null, teamId: team_id ?? null });
  const { slot_minutes, default_minutes } = await settingsOf(ctx);
  const asked = from === undefined ? ctx.now() : Date.parse(from);
  const start = Math.max(asked, ctx.now());
  const end = to === undefined ? asked + 7 * DAY : Date.parse(to);
  const unreadable_calendars = await unreadableOf(ctx, workers);
  if (end <= start) return { data: [], unreadable_calendars };
  const durationMs = (minutes ?? default_minutes) * MINUTE;
  const span = { start, end: end + durationMs };
  const agendas = await agendasOf(ctx, { workers, siteId: site_id ?? null, span });
  const found = [...agendas].flatMap(([operatorId, agenda]) =>
    freeStarts(agenda, { start, end, durationMs, stepMs: slot_minutes * MINUTE, limit })
      .map((begins) => ({ operatorId, begins }))
  );
  found.sort((a, b) => a.begins - b.begins || (a.operatorId < b.operatorId ? -1 : 1));
  return {
    data: found.slice(0, limit).map(({ operatorId, begins }) => toSlot(operatorId, begins, durationMs)),
    unreadable_calendars,
  };
}
