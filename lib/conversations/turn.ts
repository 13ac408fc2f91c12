import type { Ctx } from "../context.ts";
import { loadBusiness } from "./business.ts";
import type { BusinessConfig } from "./business-schema.ts";
import type { Locale } from "./phrases.ts";
import { HISTORY } from "./policy.ts";
import { selectTalk, type Talk } from "./store.ts";
import { type MessageRow, selectHistory, selectUnanswered } from "./store-messages.ts";
import { localeOf } from "./words.ts";

/** What the bot is to answer: all that came in since the last answer, as one. */
export interface Turn {
  readonly talk: Talk;
  readonly business: BusinessConfig;
  readonly messages: readonly MessageRow[];
  readonly text: string;
  /** Of the conversation so far; what is said now may tell another. */
  readonly locale: Locale;
  /** What was said before, oldest first. */
  readonly history: readonly MessageRow[];
}

/** null: nothing to answer, or not for the bot to answer. */
export async function loadTurn(ctx: Ctx, conversationId: string): Promise<Turn | null> {
  const [talk, messages, business, history] = await Promise.all([
    selectTalk(ctx, conversationId),
    selectUnanswered(ctx, conversationId),
    loadBusiness(ctx),
    selectHistory(ctx, { conversationId, limit: HISTORY.messages }),
  ]);
  if (talk === null || !isBots(talk) || messages.length === 0) return null;
  const { conversation, contact } = talk;
  return {
    talk,
    business,
    messages,
    text: messages.map(({ text }) => text).filter(Boolean).join("\n"),
    locale: localeOf([conversation.locale, contact.locale], business.languages),
    history: bounded(history).reverse(),
  };
}

/** The bot speaks only where nobody else has the word, and never to somebody who asked to be left alone. */
export function isBots({ conversation, contact }: Talk): boolean {
  return conversation.state === "bot" && contact.optedOutAt === null && contact.erasedAt === null;
}

/** The latest first; keeps what fits. */
function bounded(history: readonly MessageRow[]): MessageRow[] {
  let left: number = HISTORY.characters;
  return history.filter(({ text }) => text !== "").filter(({ text }) => (left -= text.length) > 0);
}
