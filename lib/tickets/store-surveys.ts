import { and, desc, eq, gt, gte, isNull, sql } from "drizzle-orm";
import { ticketSurveys } from "../../db/schema/tickets.ts";
import type { Ctx, Tx } from "../context.ts";
import { newId } from "../kernel/ids.ts";

export type SurveyRow = typeof ticketSurveys.$inferSelect;

const t = ticketSurveys;

export async function insertSurvey(
  tx: Tx,
  fields: Pick<SurveyRow, "ticketId" | "operatorId" | "teamId" | "expiresAt">,
): Promise<string> {
  const id = newId("survey");
  await tx.db.insert(t).values({ ...fields, id, workspaceId: tx.workspaceId, createdAt: tx.now() });
  return id;
}

/** By the id alone, of any workspace: whoever comes with the link does not know the workspace. */
export async function selectSurveyById(at: Ctx, id: string): Promise<SurveyRow | null> {
  const [row] = await at.db.select().from(t).where(eq(t.id, id));
  return row ?? null;
}

/** The latest of a ticket. */
export async function selectSurveyOf(at: Ctx, ticketId: string): Promise<SurveyRow | null> {
  const [row] = await at.db.select().from(t)
    .where(and(eq(t.workspaceId, at.workspaceId), eq(t.ticketId, ticketId)))
    .orderBy(desc(t.id)).limit(1);
  return row ?? null;
}

/** False when it was sent already. */
export async function markSurveySent(tx: Tx, id: string): Promise<boolean> {
  const made = await tx.db.update(t).set({ sentAt: tx.now() })
    .where(and(eq(t.workspaceId, tx.workspaceId), eq(t.id, id), isNull(t.sentAt)));
  return made.rowsAffected === 1;
}

/** False when it was answered already, or its time is over. */
export async function writeAnswer(
  tx: Tx,
  { id, score, comment }: { id: string; score: number; comment: string | null },
): Promise<boolean> {
  const made = await tx.db.update(t).set({ score, comment, answeredAt: tx.now() }).where(and(
    eq(t.workspaceId, tx.workspaceId),
    eq(t.id, id),
    isNull(t.answeredAt),
    gt(t.expiresAt, tx.now()),
  ));
  return made.rowsAffected === 1;
}

/** What customers said since a time, of the latest `most` answers. */
export async function selectScores(
  at: Ctx,
  { since, most }: { since: number; most: number },
): Promise<{ answered: number; average: number | null }> {
  const latest = at.db.select({ score: t.score }).from(t).where(and(
    eq(t.workspaceId, at.workspaceId),
    sql`answered_at is not null`,
    gte(t.answeredAt, since),
  )).orderBy(desc(t.answeredAt)).limit(most).as("latest");
  const [row] = await at.db
    .select({ answered: sql<number>`count(*)`, average: sql<number | null>`avg(${latest.score})` }).from(
      latest,
    );
  return row ?? { answered: 0, average: null };
}
