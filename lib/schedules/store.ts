import { and, asc, count, desc, eq, inArray, isNotNull, lt, lte, sql } from "drizzle-orm";
import { jobs } from "../../db/schema/jobs.ts";
import { scheduleTicks, taskSchedules } from "../../db/schema/schedules.ts";
import type { Ctx, Tx } from "../context.ts";

export type ScheduleRow = typeof taskSchedules.$inferSelect;
export type TickRow = typeof scheduleTicks.$inferSelect;

const s = taskSchedules;
const t = scheduleTicks;
const own = (at: Ctx, id: string) => and(eq(s.workspaceId, at.workspaceId), eq(s.id, id));

export async function selectSchedules(
  ctx: Ctx,
  { enabled, functionName, before, limit }: {
    enabled?: boolean | undefined;
    functionName?: string | undefined;
    before: string | null;
    limit: number;
  },
): Promise<ScheduleRow[]> {
  return await ctx.db.select().from(s)
    .where(and(
      eq(s.workspaceId, ctx.workspaceId),
      enabled === undefined ? undefined : eq(s.enabled, enabled),
      functionName === undefined ? undefined : eq(s.functionName, functionName),
      before === null ? undefined : lt(s.id, before),
    ))
    .orderBy(desc(s.id)).limit(limit);
}

export async function selectSchedule(at: Ctx, id: string): Promise<ScheduleRow | null> {
  const [row] = await at.db.select().from(s).where(own(at, id));
  return row ?? null;
}

export async function countSchedules(at: Ctx): Promise<number> {
  const [row] = await at.db.select({ n: count() }).from(s).where(eq(s.workspaceId, at.workspaceId));
  return row?.n ?? 0;
}

export async function insertSchedule(tx: Tx, row: ScheduleRow): Promise<void> {
  await tx.db.insert(s).values(row);
}

export async function updateSchedule(tx: Tx, id: string, change: Partial<ScheduleRow>): Promise<void> {
  await tx.db.update(s).set(change).where(own(tx, id));
}

/** Looks at it then, if it is due now and nobody has dealt with it meanwhile. */
export async function delayLook(tx: Tx, id: string, until: number): Promise<void> {
  await tx.db.update(s).set({ lookAt: until }).where(and(own(tx, id), lte(s.lookAt, tx.now())));
}

export async function deleteSchedule(tx: Tx, id: string): Promise<void> {
  await tx.db.delete(s).where(own(tx, id));
}

/** Schedules of all workspaces that the ticker should look at: the caller is the engine. */
export async function selectDue(ctx: Ctx, limit: number): Promise<Pick<ScheduleRow, "id" | "workspaceId">[]> {
  return await ctx.db.select({ id: s.id, workspaceId: s.workspaceId }).from(s)
    .where(and(sql`look_at is not null`, lte(s.lookAt, ctx.now())))
    .orderBy(asc(s.lookAt)).limit(limit);
}

/** True when that tick of the clock was dealt with: the clock may have been set back since. */
export async function isTicked(
  tx: Tx,
  { scheduleId, dueAt }: { scheduleId: string; dueAt: number },
): Promise<boolean> {
  const rows = await tx.db.select({ id: t.id }).from(t).where(and(
    eq(t.workspaceId, tx.workspaceId),
    eq(t.scheduleId, scheduleId),
    eq(t.dueAt, dueAt),
    sql`manual = 0`,
  ));
  return rows.length > 0;
}

export async function insertTick(tx: Tx, row: TickRow): Promise<void> {
  await tx.db.insert(t).values(row);
}

export async function updateTick(tx: Tx, id: string, change: Partial<TickRow>): Promise<void> {
  await tx.db.update(t).set(change).where(and(eq(t.workspaceId, tx.workspaceId), eq(t.id, id)));
}

export async function selectTicks(
  ctx: Ctx,
  { scheduleId, before, limit }: { scheduleId: string; before: string | null; limit: number },
): Promise<TickRow[]> {
  return await ctx.db.select().from(t)
    .where(and(
      eq(t.workspaceId, ctx.workspaceId),
      eq(t.scheduleId, scheduleId),
      before === null ? undefined : lt(t.id, before),
    ))
    .orderBy(desc(t.id)).limit(limit);
}

/** Ticks that wait for an earlier task to end, the first due first. */
export async function selectWaiting(tx: Tx, scheduleId: string): Promise<TickRow[]> {
  return await tx.db.select().from(t)
    .where(and(sql`outcome = 'waiting'`, eq(t.workspaceId, tx.workspaceId), eq(t.scheduleId, scheduleId)))
    .orderBy(asc(t.dueAt));
}

/** More tasks than these are never open at once but after a change of the rule. */
const OPEN_LOOK_BACK = 50;

/** Tasks of its newest ticks that have not ended. */
export async function selectOpenTasks(tx: Tx, scheduleId: string): Promise<string[]> {
  const newest = tx.db.select({ taskId: t.taskId }).from(t)
    .where(and(eq(t.workspaceId, tx.workspaceId), eq(t.scheduleId, scheduleId), isNotNull(t.taskId)))
    .orderBy(desc(t.id)).limit(OPEN_LOOK_BACK);
  const rows = await tx.db.select({ id: jobs.id }).from(jobs)
    .where(and(inArray(jobs.id, newest), eq(jobs.workspaceId, tx.workspaceId), lt(jobs.state, 3)));
  return rows.map(({ id }) => id);
}

/** Forgets what became of ticks before `before`, up to `limit` rows; resolves to how many. */
export async function deleteTicks(
  tx: Tx,
  { before, limit }: { before: number; limit: number },
): Promise<number> {
  const old = tx.db.select({ id: t.id }).from(t)
    .where(and(lt(t.createdAt, before), sql`outcome <> 'waiting'`)).orderBy(asc(t.createdAt)).limit(limit);
  return (await tx.db.delete(t).where(inArray(t.id, old))).rowsAffected;
}
