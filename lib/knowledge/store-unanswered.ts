import { and, desc, eq, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import { unansweredQuestions } from "../../db/schema/knowledge.ts";
import { blind, statement } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import { newId } from "../kernel/ids.ts";
import type { UnansweredState } from "./schemas.ts";

export type UnansweredRow = typeof unansweredQuestions.$inferSelect;

const placed = sql.placeholder;

/** Asked again it counts up; one that was answered opens again, for its answer did not help; a dismissed one stays so. */
const upsert = statement((db) =>
  db.insert(unansweredQuestions).values({
    id: placed("id"),
    workspaceId: placed("workspaceId"),
    fingerprint: placed("fingerprint"),
    question: placed("question"),
    locale: placed("locale"),
    times: 1,
    conversationId: placed("conversationId"),
    entryId: null,
    dismissedAt: null,
    createdAt: placed("now"),
    lastAskedAt: placed("now"),
  }).onConflictDoUpdate({
    target: [unansweredQuestions.workspaceId, unansweredQuestions.fingerprint],
    set: {
      times: sql`${unansweredQuestions.times} + 1`,
      // The words stay those of who asked first, so the row stays with that conversation: it is erased with it.
      conversationId: sql`coalesce(${unansweredQuestions.conversationId}, excluded.conversation_id)`,
      entryId: null,
      lastAskedAt: sql`excluded.last_asked_at`,
    },
  }).returning().prepare()
);

export type NewQuestion = Pick<UnansweredRow, "fingerprint" | "question" | "locale" | "conversationId">;

export async function upsertQuestion(tx: Tx, question: NewQuestion): Promise<UnansweredRow | undefined> {
  const [row] = await upsert(tx, {
    ...question,
    id: newId("question"),
    workspaceId: tx.workspaceId,
    now: tx.now(),
  });
  return row;
}

const STATES = {
  open: and(isNull(unansweredQuestions.entryId), isNull(unansweredQuestions.dismissedAt)),
  answered: isNotNull(unansweredQuestions.entryId),
  dismissed: and(isNull(unansweredQuestions.entryId), isNotNull(unansweredQuestions.dismissedAt)),
} as const satisfies Record<UnansweredState, unknown>;

export interface QuestionFilter {
  readonly state: UnansweredState;
  readonly limit: number;
  readonly before: { readonly at: number; readonly id: string } | null;
}

/** Last asked first. */
export async function selectQuestions(
  ctx: Ctx,
  { state, limit, before }: QuestionFilter,
): Promise<UnansweredRow[]> {
  const { lastAskedAt, id, workspaceId } = unansweredQuestions;
  return await ctx.db.select().from(unansweredQuestions)
    .where(and(
      eq(workspaceId, ctx.workspaceId),
      STATES[state],
      before === null ? undefined : sql`(${lastAskedAt}, ${id}) < (${before.at}, ${before.id})`,
    ))
    .orderBy(desc(lastAskedAt), desc(id)).limit(limit);
}

export async function selectQuestion(ctx: Ctx, id: string): Promise<UnansweredRow | undefined> {
  const [row] = await ctx.db.select().from(unansweredQuestions)
    .where(and(eq(unansweredQuestions.workspaceId, ctx.workspaceId), eq(unansweredQuestions.id, id)));
  return row;
}

export async function closeQuestion(
  tx: Tx,
  { id, ...how }: { readonly id: string } & ({ readonly entryId: string } | { readonly dismissedAt: number }),
): Promise<void> {
  await blind(
    tx.db.update(unansweredQuestions).set(how)
      .where(and(eq(unansweredQuestions.workspaceId, tx.workspaceId), eq(unansweredQuestions.id, id))),
  );
}

/** Deletes what was first asked in these conversations; an entry that was made of it stays, it is the business's own. */
export async function deleteQuestionsOf(tx: Tx, conversationIds: readonly string[]): Promise<number> {
  const { workspaceId, conversationId } = unansweredQuestions;
  const theirs = and(eq(workspaceId, tx.workspaceId), inArray(conversationId, [...conversationIds]));
  return (await tx.db.delete(unansweredQuestions).where(theirs)).rowsAffected;
}
