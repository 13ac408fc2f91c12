import { and, count, desc, eq, gte, inArray, lt, sql } from "drizzle-orm";
import { ruleRuns, type RunOutcome } from "../../db/schema/rules.ts";
import { statement } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type RunRow = typeof ruleRuns.$inferSelect;

const p = sql.placeholder;

const ofOccasion = statement((db) =>
  db.select({ id: ruleRuns.id, outcome: ruleRuns.outcome }).from(ruleRuns).where(and(
    eq(ruleRuns.workspaceId, p("workspaceId")),
    eq(ruleRuns.ruleId, p("ruleId")),
    eq(ruleRuns.occasion, p("occasion")),
  )).prepare()
);

/** What a rule did on an occasion; undefined: it has not looked at it yet, or did not apply. */
export async function selectRunOf(
  at: Ctx,
  of: { ruleId: string; occasion: string },
): Promise<Pick<RunRow, "id" | "outcome"> | undefined> {
  const [row] = await ofOccasion(at, { ...of, workspaceId: at.workspaceId });
  return row;
}

export async function insertRun(tx: Tx, run: Omit<RunRow, "workspaceId" | "at">): Promise<void> {
  await tx.db.insert(ruleRuns).values({ ...run, workspaceId: tx.workspaceId, at: tx.now() });
}

export async function selectRun(at: Ctx, id: string): Promise<RunRow | undefined> {
  const [row] = await at.db.select().from(ruleRuns)
    .where(and(eq(ruleRuns.workspaceId, at.workspaceId), eq(ruleRuns.id, id)));
  return row;
}

/** How often a rule acted on a subject since a time. */
export async function countDone(
  at: Ctx,
  { ruleId, subjectId, since }: { ruleId: string; subjectId: string; since: number },
): Promise<number> {
  const [row] = await at.db.select({ runs: count() }).from(ruleRuns).where(and(
    eq(ruleRuns.workspaceId, at.workspaceId),
    eq(ruleRuns.ruleId, ruleId),
    eq(ruleRuns.subjectId, subjectId),
    gte(ruleRuns.at, since),
    eq(ruleRuns.outcome, "done"),
  ));
  return row?.runs ?? 0;
}

export interface RunFilter {
  readonly ruleId?: string | undefined;
  readonly subjectId?: string | undefined;
  readonly outcome?: RunOutcome | undefined;
  readonly before: string | null;
  readonly limit: number;
}

/** The latest first. */
export async function selectRuns(at: Ctx, filter: RunFilter): Promise<RunRow[]> {
  const { ruleId, subjectId, outcome, before, limit } = filter;
  return await at.db.select().from(ruleRuns).where(and(
    eq(ruleRuns.workspaceId, at.workspaceId),
    ruleId === undefined ? undefined : eq(ruleRuns.ruleId, ruleId),
    subjectId === undefined ? undefined : eq(ruleRuns.subjectId, subjectId),
    outcome === undefined ? undefined : eq(ruleRuns.outcome, outcome),
    before === null ? undefined : lt(ruleRuns.id, before),
  )).orderBy(desc(ruleRuns.id)).limit(limit);
}

/** Of all workspaces. */
export async function deleteOldRuns(tx: Tx, { before, limit }: { before: number; limit: number }) {
  const old = tx.db.select({ id: ruleRuns.id }).from(ruleRuns).where(lt(ruleRuns.at, before)).limit(limit);
  return (await tx.db.delete(ruleRuns).where(inArray(ruleRuns.id, old))).rowsAffected;
}
