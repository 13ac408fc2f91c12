import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { decodeCursor, type Page, type PageRequest, timeKey, toPage } from "../kernel/page.ts";
import { cleanText } from "../kernel/text.ts";
import { prepareEntry, writeEntry } from "./create.ts";
import { type AnswerInput, LIMITS, type UnansweredState } from "./schemas.ts";
import type { EntryRow } from "./store.ts";
import {
  closeQuestion,
  deleteQuestionsOf,
  selectQuestion,
  selectQuestions,
  type UnansweredRow,
  upsertQuestion,
} from "./store-unanswered.ts";
import { fingerprintOf, guessLocale } from "./text/mod.ts";

export interface UnansweredInput {
  readonly question: string;
  readonly locale?: string | null | undefined;
  readonly conversationId?: string | null | undefined;
}

/**
 * Notes a question that the bot could not answer, in the caller's transaction. Asked again, in other inflections too,
 * it counts up. Resolves to null for what holds no question at all (emoji only).
 */
export async function recordUnanswered(tx: Tx, input: UnansweredInput): Promise<UnansweredRow | null> {
  requireScope(tx, "knowledge:read");
  const question = cleanText(input.question).trim().slice(0, LIMITS.title * 4).toWellFormed();
  const fingerprint = fingerprintOf(question);
  if (fingerprint === "") return null;
  const { locale = guessLocale(question), conversationId = null } = input;
  const row = await upsertQuestion(tx, { fingerprint, question, locale, conversationId });
  if (row === undefined) throw new AppError("internal", "The question was not written");
  if (row.dismissedAt === null) {
    await emit(tx, {
      type: "knowledge.question_unanswered",
      subjectId: row.id,
      conversationId,
      data: { times: row.times },
    });
  }
  return row;
}

/** What the bot could not answer, last asked first. */
export async function listUnanswered(
  ctx: Ctx,
  query: PageRequest & { readonly state?: UnansweredState },
): Promise<Page<UnansweredRow>> {
  requireScope(ctx, "knowledge:read");
  const { limit, cursor, state = "open" } = query;
  const keys = cursor === undefined ? null : decodeCursor(cursor, 2);
  const before = keys === null ? null : { at: timeKey(keys[0]), id: String(keys[1]) };
  const rows = await selectQuestions(ctx, { state, before, limit: limit + 1 });
  return toPage(rows, { limit, keysOf: (row) => [row.lastAskedAt, row.id], toDto: (row) => row });
}

/** One step: makes an entry out of the answer and closes the question. Throws 404, 409 when it was answered before. */
export async function answerUnanswered(
  ctx: Ctx,
  input: AnswerInput & { readonly id: string },
): Promise<EntryRow> {
  requireScope(ctx, "knowledge:write");
  return await ctx.transact(async (tx) => {
    const question = await openQuestion(tx, input.id);
    const title = input.title ?? question.question.slice(0, LIMITS.title).toWellFormed().trim();
    const locale = input.locale ?? guessLocale(`${title}\n${input.answer}`);
    const row = await writeEntry(tx, prepareEntry({ title, body: input.answer, locale }));
    await closeQuestion(tx, { id: question.id, entryId: row.id });
    await emit(tx, {
      type: "knowledge.question_answered",
      subjectId: question.id,
      conversationId: question.conversationId,
      data: { entry_id: row.id },
    });
    await audit(tx, { action: "knowledge.answer", subjectId: question.id, detail: { entry_id: row.id } });
    return row;
  });
}

/** Takes a question off the list for good. Throws 404, 409 when it was answered. */
export async function dismissUnanswered(ctx: Ctx, id: string): Promise<UnansweredRow> {
  requireScope(ctx, "knowledge:write");
  return await ctx.transact(async (tx) => {
    const question = await openQuestion(tx, id);
    const dismissedAt = question.dismissedAt ?? tx.now();
    await closeQuestion(tx, { id, dismissedAt });
    await emit(tx, {
      type: "knowledge.question_dismissed",
      subjectId: id,
      conversationId: question.conversationId,
    });
    await audit(tx, { action: "knowledge.dismiss", subjectId: id });
    return { ...question, dismissedAt };
  });
}

async function openQuestion(tx: Tx, id: string): Promise<UnansweredRow> {
  const question = await selectQuestion(tx, id);
  if (question === undefined) throw notFound("unanswered question", id);
  if (question.entryId !== null) {
    throw new AppError("conflict", "This question was answered already", {
      extra: { entry_id: question.entryId },
    });
  }
  return question;
}

/** Forgets what was asked in these conversations, when a contact is erased; resolves to how many questions went. */
export async function forgetQuestions(tx: Tx, conversationIds: readonly string[]): Promise<number> {
  requireScope(tx, "contacts:write");
  return conversationIds.length === 0 ? 0 : await deleteQuestionsOf(tx, conversationIds);
}
