import { and, desc, eq, inArray, lt, lte, or, sql } from "drizzle-orm";
import { reports, type ReportState } from "../../db/schema/reports.ts";
import { listed } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type ReportRow = typeof reports.$inferSelect;
type NewReport = Omit<typeof reports.$inferInsert, "workspaceId">;
type ReportChange = Partial<
  Pick<ReportRow, "state" | "rows" | "size" | "blobKey" | "error" | "finishedAt" | "expiresAt">
>;

export async function insertReport(tx: Tx, report: NewReport): Promise<ReportRow> {
  const [row] = await tx.db.insert(reports).values({ ...report, workspaceId: tx.workspaceId }).returning();
  if (row === undefined) throw new Error("The report was not written");
  return row;
}

const own = (at: Ctx, id: string) => and(eq(reports.id, id), eq(reports.workspaceId, at.workspaceId));

export async function selectReport(at: Ctx, id: string): Promise<ReportRow | null> {
  return (await at.db.select().from(reports).where(own(at, id)).limit(1))[0] ?? null;
}

export async function selectReports(
  at: Ctx,
  { before, limit }: { before: string | null; limit: number },
): Promise<ReportRow[]> {
  return await at.db.select().from(reports)
    .where(and(eq(reports.workspaceId, at.workspaceId), before === null ? undefined : lt(reports.id, before)))
    .orderBy(desc(reports.id)).limit(limit);
}

/** False: there is no such report any more. */
export async function updateReport(tx: Tx, id: string, change: ReportChange): Promise<boolean> {
  return (await tx.db.update(reports).set(change).where(own(tx, id))).rowsAffected === 1;
}

/** The same of one that is being written; false: it was deleted, or is to be written anew. */
export async function finishReport(tx: Tx, id: string, change: ReportChange): Promise<boolean> {
  const mine = and(own(tx, id), eq(reports.state, "running"));
  return (await tx.db.update(reports).set(change).where(mine)).rowsAffected === 1;
}

const personal = (at: Ctx, states: readonly ReportState[]) =>
  and(eq(reports.workspaceId, at.workspaceId), sql`personal = 1`, inArray(reports.state, [...states]));

interface Withdrawal {
  readonly error: string;
  readonly finishedAt: number;
  readonly expiresAt: number;
  /** Columns that name persons: what filters by one asks for somebody. */
  readonly naming: readonly string[];
}

/**
 * Those that can hold persons lose their file and what they asked for by name, which ends those that are not written
 * yet; resolves to all that are withdrawn.
 */
export async function withdrawPersonal(
  tx: Tx,
  { error, finishedAt, expiresAt, naming }: Withdrawal,
): Promise<{ id: string; name: string; blobKey: string | null }[]> {
  const { id, name, blobKey, definition } = reports;
  const names = sql`exists (select 1 from json_each(${definition}, '$.filters')
    where value ->> 'column' in ${listed(naming)})`;
  const withdrawn = or(personal(tx, ["done"]), and(personal(tx, ["queued", "running"]), names));
  const without = sql`json_remove(${definition}, '$.filters')`;
  const gone = await tx.db.select({ id, name, blobKey }).from(reports).where(withdrawn);
  await tx.db.update(reports).set({
    state: "withdrawn",
    error,
    blobKey: null,
    size: null,
    definition: without,
    finishedAt: sql`coalesce(finished_at, ${finishedAt})`,
    expiresAt: sql`coalesce(expires_at, ${expiresAt})`,
  }).where(withdrawn);
  await tx.db.update(reports).set({ definition: without }).where(personal(tx, ["failed"]));
  return gone;
}

/** Those that are being written may have read what is erased: their jobs find that they begin anew. */
export async function restartPersonal(tx: Tx): Promise<void> {
  await tx.db.update(reports).set({ state: "queued" }).where(personal(tx, ["running"]));
}

export async function deleteReportRow(tx: Tx, id: string): Promise<void> {
  await tx.db.delete(reports).where(own(tx, id));
}

/** Of all workspaces: those asked for before then that nobody has brought to an end. */
export async function failAbandoned(
  tx: Tx,
  { before, ...end }: { before: number; error: string; finishedAt: number; expiresAt: number },
): Promise<void> {
  await tx.db.update(reports).set({ state: "failed", ...end })
    .where(and(inArray(reports.state, ["queued", "running"]), lt(reports.createdAt, before)));
}

/** Of all workspaces: whose time is over. */
export async function selectExpired(
  at: Ctx,
  { now, limit }: { now: number; limit: number },
): Promise<{ id: string; blobKey: string | null }[]> {
  return await at.db.select({ id: reports.id, blobKey: reports.blobKey }).from(reports)
    .where(and(sql`${reports.expiresAt} is not null`, lte(reports.expiresAt, now))).limit(limit);
}

export async function deleteExpired(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.db.delete(reports).where(inArray(reports.id, [...ids]));
}
