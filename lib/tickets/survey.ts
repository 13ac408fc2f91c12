import { z } from "zod";
import { sendMessage } from "../conversations/mod.ts";
import { type Ctx, publicAddress, type Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { deriveSecret, isDerived } from "../identity/mod.ts";
import { enqueue } from "../jobs/mod.ts";
import { systemActor } from "../kernel/actors.ts";
import { requireScope } from "../kernel/actors.ts";
import { DAY, iso, isoOrNull, MINUTE } from "../kernel/clock.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { cleanText } from "../kernel/text.ts";
import { toLocale } from "../knowledge/mod.ts";
import { ticketsSurvey } from "./jobs.ts";
import { loadTicket } from "./load.ts";
import { surveyAsked, surveyText } from "./notices.ts";
import { referenceOf } from "./present.ts";
import type { DeskSettings } from "./settings.ts";
import { selectTicket, type TicketRow } from "./store.ts";
import { insertHistory } from "./store-history.ts";
import {
  insertSurvey,
  markSurveySent,
  selectSurveyById,
  selectSurveyOf,
  type SurveyRow,
  writeAnswer,
} from "./store-surveys.ts";
import { notifyInThread } from "./thread.ts";

const PURPOSE = "ticket survey";

/** Prepares the question after a solution; it goes out a while later. */
export async function askLater(tx: Tx, { row, desk }: { row: TicketRow; desk: DeskSettings }): Promise<void> {
  if (!desk.survey || row.contactId === null) return;
  const askAt = tx.now() + desk.survey_after_minutes * MINUTE;
  const surveyId = await insertSurvey(tx, {
    ticketId: row.id,
    operatorId: row.assigneeId,
    teamId: row.teamId,
    expiresAt: askAt + desk.survey_valid_days * DAY,
  });
  await enqueue(tx, ticketsSurvey, { surveyId }, { runAt: askAt });
}

/**
 * Asks the customer: in the conversation, or where that can't be, by mail. A ticket that was opened again meanwhile is
 * not asked about. The mark that it was sent is in the same commit, so a second delivery asks nothing.
 */
export async function sendSurvey(ctx: Ctx, { surveyId }: { surveyId: string }): Promise<void> {
  requireScope(ctx, "tickets:write");
  const link = await linkOf(ctx, surveyId);
  await ctx.transact(async (tx) => {
    const survey = await selectSurveyById(tx, surveyId);
    if (survey?.workspaceId !== tx.workspaceId || survey.answeredAt !== null) return;
    const row = await selectTicket(tx, survey.ticketId);
    if (row === null || row.resolvedAt === null || row.mergedInto !== null) return;
    // Of a ticket that was opened and resolved again meanwhile only the latest solution is asked about.
    if ((await selectSurveyOf(tx, row.id))?.id !== surveyId) return;
    if (!await markSurveySent(tx, surveyId)) return;
    await ask(tx, { row, link });
  });
}

async function linkOf(ctx: Ctx, surveyId: string): Promise<string> {
  const secret = await deriveSecret(ctx.config, PURPOSE, [surveyId]);
  return publicAddress(ctx, `/api/surveys/${surveyId}.${secret}`);
}

async function ask(tx: Tx, { row, link }: { row: TicketRow; link: string }): Promise<void> {
  const data = { reference: referenceOf(row.number), subject: row.subject, link };
  const locale = toLocale(row.locale) ?? "es";
  const text = surveyText(locale, data);
  if (row.conversationId !== null && await said(tx, { conversationId: row.conversationId, text })) return;
  if (row.contactId === null) return;
  await notifyInThread(tx, {
    ticketId: row.id,
    to: [{ contactId: row.contactId, locale }],
    template: surveyAsked,
    data,
    key: `ticket.survey:${row.id}:${row.reopens}`,
    subjectId: row.id,
  });
}

/** False when the conversation can't carry it: it is closed, its window is, or the customer wants no messages. */
async function said(tx: Tx, message: { conversationId: string; text: string }): Promise<boolean> {
  try {
    await sendMessage(tx, message);
    return true;
  } catch (thrown) {
    if (thrown instanceof AppError && (thrown.code === "conflict" || thrown.code === "not_found")) {
      return false;
    }
    throw thrown;
  }
}

/** What whoever holds the link sees. */
export interface SurveyView {
  readonly reference: string;
  readonly subject: string;
  readonly locale: "es" | "en";
  readonly answered: boolean;
  readonly score: number | null;
  readonly comment: string | null;
  readonly expires_at: string;
}

/** Throws 404 for a link that we did not make, 410 when its time is over. */
export async function openSurvey(ctx: Ctx, { token }: { token: string }): Promise<SurveyView> {
  const { survey, inside } = await surveyOf(ctx, token);
  return viewOf(survey, await loadTicket(inside, survey.ticketId));
}

export const surveyAnswer = z.object({
  score: z.union([z.int(), z.string().regex(/^[1-5]$/).transform(Number)]).pipe(z.int().min(1).max(5)).meta({
    example: 5,
    description: "1 bad to 5 very good",
  }),
  comment: z.string().max(2000).transform((text) => cleanText(text).trim()).nullish().meta({
    example: "Muy amables",
  }),
});

/** One answer a link. Throws 404, 409 when it was answered, 410 when its time is over. */
export async function answerSurvey(
  ctx: Ctx,
  { token, ...given }: z.input<typeof surveyAnswer> & { token: string },
): Promise<SurveyView> {
  const { score, comment: said } = surveyAnswer.parse(given);
  const { survey, inside } = await surveyOf(ctx, token);
  const comment = said === undefined || said === "" ? null : said;
  return await inside.transact(async (tx) => {
    const row = await loadTicket(tx, survey.ticketId);
    if (!await writeAnswer(tx, { id: survey.id, score, comment })) {
      throw new AppError("conflict", "This was answered already: thank you");
    }
    await insertHistory(tx, {
      ticketId: row.id,
      action: "rated",
      changes: { score: { from: null, to: score } },
    });
    await emit(tx, {
      type: "ticket.rated",
      subjectId: row.id,
      data: {
        ticket_id: row.id,
        score,
        comment,
        operator_id: survey.operatorId,
        team_id: survey.teamId,
      },
    });
    return viewOf({ ...survey, score, comment, answeredAt: tx.now() }, row);
  });
}

/** The survey of a link, and a context in its workspace: the link is all that its holder has to show. */
async function surveyOf(ctx: Ctx, token: string): Promise<{ survey: SurveyRow; inside: Ctx }> {
  const [id = "", given = ""] = token.split(".");
  const known = await isDerived(ctx.config, { purpose: PURPOSE, parts: [id], given });
  const survey = known ? await selectSurveyById(ctx, id) : null;
  if (survey === null) throw new AppError("not_found", "There is no such survey");
  if (survey.answeredAt === null && survey.expiresAt <= ctx.now()) {
    throw new AppError("gone", "The time to answer is over");
  }
  const inside = ctx.as({ workspaceId: survey.workspaceId, actor: systemActor("survey") });
  return { survey, inside };
}

function viewOf(survey: SurveyRow, row: TicketRow): SurveyView {
  return {
    reference: referenceOf(row.number),
    subject: row.subject,
    locale: toLocale(row.locale) ?? "es",
    answered: survey.answeredAt !== null,
    score: survey.score,
    comment: survey.comment,
    expires_at: iso(survey.expiresAt),
  };
}

export interface TicketSurvey {
  readonly ticket_id: string;
  readonly sent_at: string | null;
  readonly score: number | null;
  readonly comment: string | null;
  readonly answered_at: string | null;
}

/** What the customer said of a ticket. Throws 404 when nothing was asked yet. */
export async function surveyOfTicket(ctx: Ctx, { ticketId }: { ticketId: string }): Promise<TicketSurvey> {
  requireScope(ctx, "tickets:read");
  await loadTicket(ctx, ticketId);
  const survey = await selectSurveyOf(ctx, ticketId);
  if (survey === null) throw notFound("survey of the ticket", ticketId);
  const { score, comment, sentAt, answeredAt } = survey;
  return {
    ticket_id: ticketId,
    sent_at: isoOrNull(sentAt),
    score,
    comment,
    answered_at: isoOrNull(answeredAt),
  };
}
