import { and, asc, desc, eq, gt, inArray, lt, sql } from "drizzle-orm";
import { watsonActivities, watsonExamples, watsonSessions } from "../../db/schema/watson.ts";
import type { Ctx, Tx } from "../context.ts";

export type SessionRow = typeof watsonSessions.$inferSelect;
export type ActivityRow = typeof watsonActivities.$inferSelect;
export type ExampleRow = typeof watsonExamples.$inferSelect;

const ofWorkspace = (at: Ctx) => eq(watsonSessions.workspaceId, at.workspaceId);

export async function selectSession(at: Ctx, externalId: string): Promise<SessionRow | null> {
  const [row] = await at.db.select().from(watsonSessions)
    .where(and(ofWorkspace(at), eq(watsonSessions.externalId, externalId))).limit(1);
  return row ?? null;
}

export async function selectSessionById(at: Ctx, id: string): Promise<SessionRow | null> {
  const [row] = await at.db.select().from(watsonSessions).where(
    and(ofWorkspace(at), eq(watsonSessions.id, id)),
  )
    .limit(1);
  return row ?? null;
}

export async function selectSessions(
  at: Ctx,
  { before, limit }: { before: { lastAt: number; id: string } | null; limit: number },
): Promise<SessionRow[]> {
  const place = before === null
    ? undefined
    : sql`(${watsonSessions.lastAt}, ${watsonSessions.id}) < (${before.lastAt}, ${before.id})`;
  return await at.db.select().from(watsonSessions).where(and(ofWorkspace(at), place))
    .orderBy(desc(watsonSessions.lastAt), desc(watsonSessions.id)).limit(limit);
}

type NewSession = Omit<typeof watsonSessions.$inferInsert, "workspaceId">;

/** Writes the session as it is after a turn; false when another turn came first. */
export async function saveSession(
  tx: Tx,
  { session, before }: { session: NewSession; before: number | null },
): Promise<boolean> {
  if (before === null) {
    const made = await tx.db.insert(watsonSessions).values({ ...session, workspaceId: tx.workspaceId })
      .onConflictDoNothing();
    return made.rowsAffected === 1;
  }
  const { user, locale, pending, version, lastAt } = session;
  const saved = await tx.db.update(watsonSessions).set({ user, locale, pending, version, lastAt })
    .where(and(ofWorkspace(tx), eq(watsonSessions.id, session.id), eq(watsonSessions.version, before)));
  return saved.rowsAffected === 1;
}

export async function insertActivity(
  tx: Tx,
  activity: Omit<typeof watsonActivities.$inferInsert, "workspaceId">,
): Promise<void> {
  await tx.db.insert(watsonActivities).values({ ...activity, workspaceId: tx.workspaceId });
}

export async function selectTurn(
  at: Ctx,
  { sessionId, turn }: { sessionId: string; turn: string },
): Promise<ActivityRow | null> {
  const [row] = await at.db.select().from(watsonActivities).where(and(
    eq(watsonActivities.workspaceId, at.workspaceId),
    eq(watsonActivities.sessionId, sessionId),
    eq(watsonActivities.turn, turn),
  )).limit(1);
  return row ?? null;
}

/** The report that a talk asked for last. */
export async function selectLatestReport(at: Ctx, sessionId: string): Promise<string | null> {
  const [row] = await at.db.select({
    id: sql<string | null>`json_extract(${watsonActivities.result}, '$.id')`,
  })
    .from(watsonActivities).where(and(
      eq(watsonActivities.workspaceId, at.workspaceId),
      eq(watsonActivities.sessionId, sessionId),
      eq(watsonActivities.action, "generate_report"),
      eq(watsonActivities.outcome, "done"),
    )).orderBy(desc(watsonActivities.id)).limit(1);
  return row?.id ?? null;
}

/** The visits that were made or moved in a talk, the latest first. */
export async function selectVisitsOfTalk(at: Ctx, sessionId: string): Promise<string[]> {
  const id = sql<string | null>`json_extract(${watsonActivities.result}, '$.id')`;
  const rows = await at.db.select({ id }).from(watsonActivities).where(and(
    eq(watsonActivities.workspaceId, at.workspaceId),
    eq(watsonActivities.sessionId, sessionId),
    inArray(watsonActivities.action, ["schedule_visit", "reschedule_visit"]),
    eq(watsonActivities.outcome, "done"),
  )).orderBy(desc(watsonActivities.id)).limit(10);
  return [...new Set(rows.flatMap((row) => row.id ?? []))];
}

export async function selectActivities(
  at: Ctx,
  { sessionId, after, limit }: { sessionId: string; after: string | null; limit: number },
): Promise<ActivityRow[]> {
  return await at.db.select().from(watsonActivities).where(and(
    eq(watsonActivities.workspaceId, at.workspaceId),
    eq(watsonActivities.sessionId, sessionId),
    after === null ? undefined : gt(watsonActivities.id, after),
  )).orderBy(asc(watsonActivities.id)).limit(limit);
}

/** Turns of all sessions, the latest first. */
export async function selectLatest(
  at: Ctx,
  { before, limit }: { before: { at: number; id: string } | null; limit: number },
): Promise<ActivityRow[]> {
  const a = watsonActivities;
  return await at.db.select().from(a).where(and(
    eq(a.workspaceId, at.workspaceId),
    before === null ? undefined : sql`(${a.createdAt}, ${a.id}) < (${before.at}, ${before.id})`,
  )).orderBy(desc(a.createdAt), desc(a.id)).limit(limit);
}

/** Turns since an instant, by what they came to and which action they did. */
export async function countActivities(
  at: Ctx,
  since: number,
): Promise<{ action: string | null; outcome: string; count: number }[]> {
  return await at.db.select({
    action: watsonActivities.action,
    outcome: watsonActivities.outcome,
    count: sql<number>`count(*)`,
  }).from(watsonActivities)
    .where(and(eq(watsonActivities.workspaceId, at.workspaceId), gt(watsonActivities.createdAt, since)))
    .groupBy(watsonActivities.action, watsonActivities.outcome);
}

export async function countSessions(at: Ctx): Promise<{ count: number; lastAt: number | null }> {
  const [row] = await at.db.select({
    count: sql<number>`count(*)`,
    lastAt: sql<number | null>`max(${watsonSessions.lastAt})`,
  }).from(watsonSessions).where(ofWorkspace(at));
  return row ?? { count: 0, lastAt: null };
}

/** Deletes up to `limit` sessions of all workspaces that fell silent before an instant, with their turns. */
export async function deleteSessions(
  tx: Tx,
  { before, limit }: { before: number; limit: number },
): Promise<number> {
  const old = tx.db.select({ id: watsonSessions.id }).from(watsonSessions)
    .where(lt(watsonSessions.lastAt, before)).limit(limit);
  return (await tx.db.delete(watsonSessions).where(sql`${watsonSessions.id} in ${old}`)).rowsAffected;
}

export async function selectExamples(at: Ctx): Promise<ExampleRow[]> {
  return await at.db.select().from(watsonExamples).where(eq(watsonExamples.workspaceId, at.workspaceId))
    .orderBy(asc(watsonExamples.id));
}

/** False: the text is an example already. */
export async function insertExample(
  tx: Tx,
  example: Omit<typeof watsonExamples.$inferInsert, "workspaceId">,
): Promise<boolean> {
  const made = await tx.db.insert(watsonExamples).values({ ...example, workspaceId: tx.workspaceId })
    .onConflictDoNothing();
  return made.rowsAffected === 1;
}

export async function deleteExample(tx: Tx, id: string): Promise<boolean> {
  const gone = await tx.db.delete(watsonExamples)
    .where(and(eq(watsonExamples.workspaceId, tx.workspaceId), eq(watsonExamples.id, id)));
  return gone.rowsAffected === 1;
}
