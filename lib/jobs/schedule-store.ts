import { and, asc, eq, inArray, lte, notInArray } from "drizzle-orm";
import { schedules } from "../../db/schema/jobs.ts";
import type { Ctx, Tx } from "../context.ts";

export type ScheduleRow = typeof schedules.$inferSelect;

export async function selectSchedules(at: Ctx): Promise<ScheduleRow[]> {
  return await at.db.select().from(schedules).orderBy(asc(schedules.name));
}

export async function insertSchedule(tx: Tx, row: typeof schedules.$inferInsert): Promise<void> {
  await tx.db.insert(schedules).values(row);
}

export async function updateSchedule(tx: Tx, name: string, change: Partial<ScheduleRow>): Promise<void> {
  await tx.db.update(schedules).set(change).where(eq(schedules.name, name));
}

export async function disableOthers(tx: Tx, names: readonly string[]): Promise<void> {
  await tx.db.update(schedules).set({ enabled: false })
    .where(and(eq(schedules.enabled, true), notInArray(schedules.name, [...names])));
}

export async function selectDueSchedules(tx: Tx, names: readonly string[]): Promise<ScheduleRow[]> {
  return await tx.db.select().from(schedules)
    .where(
      and(eq(schedules.enabled, true), lte(schedules.nextAt, tx.now()), inArray(schedules.name, [...names])),
    )
    .orderBy(asc(schedules.nextAt));
}
