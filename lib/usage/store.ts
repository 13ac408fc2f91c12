import { and, asc, eq, gte, lt, ne, sql } from "drizzle-orm";
import { usageCounters, usageRecords } from "../../db/schema/usage.ts";
import { blind, statement } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

const KEY = [usageCounters.workspaceId, usageCounters.day, usageCounters.subject];

/** Takes one call unless a cap is reached; no row returned: refused. The statement is atomic by itself. */
export const takeCall = statement((db) =>
  db.insert(usageCounters).values({
    workspaceId: sql.placeholder("workspaceId"),
    day: sql.placeholder("day"),
    subject: sql.placeholder("subject"),
    calls: 1,
    tokens: 0,
  }).onConflictDoUpdate({
    target: KEY,
    set: { calls: sql`${usageCounters.calls} + 1` },
    setWhere: sql`${usageCounters.calls} < ${sql.placeholder("maxCalls")} and ${usageCounters.tokens} < ${
      sql.placeholder("maxTokens")
    }`,
  }).returning({ calls: usageCounters.calls }).prepare()
);

/** Adds tokens, and gives a call back with `calls: -1`. */
export const addToCounter = statement((db) =>
  db.update(usageCounters).set({
    calls: sql`max(0, ${usageCounters.calls} + ${sql.placeholder("calls")})`,
    tokens: sql`${usageCounters.tokens} + ${sql.placeholder("tokens")}`,
  }).where(and(
    eq(usageCounters.workspaceId, sql.placeholder("workspaceId")),
    eq(usageCounters.day, sql.placeholder("day")),
    eq(usageCounters.subject, sql.placeholder("subject")),
  )).prepare()
);

export const selectCounter = statement((db) =>
  db.select({ calls: usageCounters.calls, tokens: usageCounters.tokens }).from(usageCounters).where(and(
    eq(usageCounters.workspaceId, sql.placeholder("workspaceId")),
    eq(usageCounters.day, sql.placeholder("day")),
    eq(usageCounters.subject, sql.placeholder("subject")),
  )).prepare()
);

export const insertUsage = statement((db) =>
  db.insert(usageRecords).values({
    id: sql.placeholder("id"),
    workspaceId: sql.placeholder("workspaceId"),
    purpose: sql.placeholder("purpose"),
    provider: sql.placeholder("provider"),
    model: sql.placeholder("model"),
    inputTokens: sql.placeholder("inputTokens"),
    outputTokens: sql.placeholder("outputTokens"),
    ms: sql.placeholder("ms"),
    outcome: sql.placeholder("outcome"),
    subjectId: sql.placeholder("subjectId"),
    conversationId: sql.placeholder("conversationId"),
    createdAt: sql.placeholder("createdAt"),
  }).prepare()
);

const DAY_OF = sql<string>`strftime('%Y-%m-%d', ${usageRecords.createdAt} / 1000, 'unixepoch')`;

/** Sums by day (UTC), provider, model, purpose and outcome, oldest day first. */
export async function selectSums(ctx: Ctx, { from, to }: { readonly from: number; readonly to: number }) {
  return await ctx.db.select({
    day: DAY_OF.as("day"),
    provider: usageRecords.provider,
    model: usageRecords.model,
    purpose: usageRecords.purpose,
    outcome: usageRecords.outcome,
    calls: sql<number>`count(*)`,
    inputTokens: sql<number>`sum(${usageRecords.inputTokens})`,
    outputTokens: sql<number>`sum(${usageRecords.outputTokens})`,
    ms: sql<number>`sum(${usageRecords.ms})`,
  }).from(usageRecords)
    .where(and(
      eq(usageRecords.workspaceId, ctx.workspaceId),
      gte(usageRecords.createdAt, from),
      lt(usageRecords.createdAt, to),
    ))
    .groupBy(DAY_OF, usageRecords.provider, usageRecords.model, usageRecords.purpose, usageRecords.outcome)
    .orderBy(asc(DAY_OF), asc(usageRecords.provider), asc(usageRecords.model));
}

/** Takes a subject's id out of the rows and drops its counters. */
export async function dropSubject(tx: Tx, subjectId: string): Promise<void> {
  await blind(
    tx.db.update(usageRecords).set({ subjectId: null })
      .where(and(eq(usageRecords.workspaceId, tx.workspaceId), eq(usageRecords.subjectId, subjectId))),
  );
  await blind(
    tx.db.delete(usageCounters)
      .where(
        and(
          eq(usageCounters.workspaceId, tx.workspaceId),
          eq(usageCounters.subject, subjectId),
          sql`subject <> ''`,
        ),
      ),
  );
}

/** Of every workspace: visitors' counters, which nothing reads once their day is over. Resolves to how many. */
export async function deleteSubjectCounters(tx: Tx, before: string): Promise<number> {
  const { rowsAffected } = await tx.db.delete(usageCounters)
    .where(and(lt(usageCounters.day, before), ne(usageCounters.subject, "")));
  return rowsAffected;
}
