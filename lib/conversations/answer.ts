import type { Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { SECOND } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { RetryAfter } from "../kernel/retry.ts";
import { recordUnanswered } from "../knowledge/mod.ts";
import { enqueueLate, type JobCtx, outcomeOf } from "../jobs/mod.ts";
import { calledText, greetingOf, loadBusiness } from "./business.ts";
import { compose, type Composed } from "./compose.ts";
import { conversationAnswer } from "./jobs.ts";
import { loadTalk } from "./load.ts";
import { PHRASES } from "./phrases.ts";
import { post } from "./post.ts";
import { rememberTurn, selectTalk, type Talk } from "./store.ts";
import { markAllAnswered, markAnswered, selectUnanswered } from "./store-messages.ts";
import { changeState } from "./transition.ts";
import { isBots, loadTurn, type Turn } from "./turn.ts";
import { localeOf } from "./words.ts";

/** Somebody else dealt with part of the turn meanwhile: it has to be looked at anew. */
class TurnChanged extends Error {}

/** A turn younger than this is left to the job of the message that came while the answer was being made. */
const PATIENCE_MS = 15 * SECOND;
const TRIES = 3;

/**
 * Answers what a conversation has open; when that has failed for good a person is called, so that the customer is not
 * left without a word.
 */
export async function answerConversation(ctx: JobCtx, choice: { conversationId: string }): Promise<void> {
  requireScope(ctx, "conversations:write");
  try {
    await answerTurn(ctx, choice);
  } catch (thrown) {
    if (ctx.signal.aborted || !isTheEnd(thrown, ctx.job)) throw thrown;
    await ctx.transact((tx) => callPerson(tx, { job: ctx, ...choice }));
    ctx.ports.log.log("error", "An answer failed for good, a person was called", {
      conversation_id: choice.conversationId,
      error: messageOf(thrown),
    });
  }
}

function isTheEnd(thrown: unknown, { attempt, last }: JobCtx["job"]): boolean {
  const run = {
    attempts: attempt,
    maxAttempts: last ? attempt : attempt + 1,
    backoff: NO_BACKOFF,
    chance: 0,
  };
  return outcomeOf(thrown, run).kind === "dead";
}

const NO_BACKOFF = { baseMs: 0, maxMs: 0 };

async function callPerson(
  tx: Tx,
  { job, conversationId }: { job: JobCtx; conversationId: string },
): Promise<void> {
  const [, talk, business] = await Promise.all([
    job.finish(tx),
    selectTalk(tx, conversationId),
    loadBusiness(tx),
  ]);
  if (talk === null || !isBots(talk)) return;
  const locale = localeOf([talk.conversation.locale, talk.contact.locale], business.languages);
  const id = newId("message");
  await markAllAnswered(tx, { conversationId, answerId: id });
  await post(tx, { id, talk, text: calledText(tx, { business, locale }), author: "bot" });
  const said = await loadTalk(tx, conversationId);
  await changeState(tx, { talk: said, transition: { to: "waiting", reason: "no_answer" }, business });
}

/**
 * The answer is made outside of any transaction; then one commit checks that
 * the bot still has the word, the lease is held and the turn is unanswered, and writes the answer, its marks and
 * the end of the job. So no crash and no second run answers twice or loses a turn.
 */
async function answerTurn(ctx: JobCtx, { conversationId }: { conversationId: string }): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const turn = await loadTurn(ctx, conversationId);
    if (turn === null) return;
    const composed = await compose(ctx, turn);
    try {
      return await ctx.transact((tx) => commit(tx, { job: ctx, turn, composed }));
    } catch (thrown) {
      if (!(thrown instanceof TurnChanged)) throw thrown;
    }
  }
  throw new RetryAfter(SECOND, "The turn kept changing while it was being answered");
}

interface Answer {
  readonly job: JobCtx;
  readonly turn: Turn;
  readonly composed: Composed;
}

async function commit(tx: Tx, { job, turn, composed }: Answer): Promise<void> {
  const { id: conversationId } = turn.talk.conversation;
  const ids = turn.messages.map(({ id }) => id);
  const [, talk, open] = await Promise.all([
    job.finish(tx),
    selectTalk(tx, conversationId),
    selectUnanswered(tx, conversationId, ids.length + 1),
  ]);
  if (talk === null || !isBots(talk)) return;
  const more = open.length > ids.length;
  const age = tx.now() - (turn.messages[0]?.createdAt ?? 0);
  if (more) await enqueueLate(tx, conversationAnswer, { conversationId });
  if (more && age < PATIENCE_MS) return;
  const answerId = newId("message");
  if (ids.some((id, i) => open[i]?.id !== id)) throw new TurnChanged();
  await markAnswered(tx, { ids, answerId });
  await say(tx, { talk, turn, composed, answerId });
}

interface Speech {
  readonly talk: Talk;
  readonly turn: Turn;
  readonly composed: Composed;
  readonly answerId: string;
}

async function say(tx: Tx, { talk, turn: { business }, composed, answerId }: Speech): Promise<void> {
  const { conversation } = talk;
  const { locale } = composed;
  const misses = composed.kind === "miss" ? conversation.misses + 1 : 0;
  const givesUp = business.handover_after_misses > 0 && misses >= business.handover_after_misses;
  const greeting = conversation.greetedAt === null ? greetingOf(business, locale) : null;
  const text = wordsOf(tx, { composed, business, givesUp });
  await post(tx, {
    id: answerId,
    talk,
    text: [greeting, text].filter(Boolean).join("\n\n"),
    author: "bot",
    sources: composed.kind === "answer" ? composed.sources : [],
    origin: composed.kind === "answer" ? composed.origin : null,
  });
  await rememberTurn(tx, { id: conversation.id, misses, locale });
  if (composed.kind === "miss" && composed.question !== null) {
    await recordUnanswered(tx, { question: composed.question, locale, conversationId: conversation.id });
  }
  const reason = composed.kind === "handover" ? composed.reason : givesUp ? "no_answer" : null;
  if (reason === null) return;
  const said = await loadTalk(tx, conversation.id);
  await changeState(tx, { talk: said, transition: { to: "waiting", reason }, business });
}

interface Wording extends Pick<Turn, "business"> {
  readonly composed: Composed;
  readonly givesUp: boolean;
}

function wordsOf(tx: Tx, { composed, business, givesUp }: Wording): string {
  const { kind, locale } = composed;
  if (kind === "answer") return composed.text;
  if (kind === "handover") return calledText(tx, { business, locale });
  return `${composed.text} ${givesUp ? calledText(tx, { business, locale }) : PHRASES[locale].offer}`;
}
