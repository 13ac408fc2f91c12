import { complete, hasLanguageModel } from "../ai/mod.ts";
import type { Ctx } from "../context.ts";
import { isStoreFault, messageOf } from "../kernel/errors.ts";
import { askKnowledge, guessLocale, type KnowledgeAnswer } from "../knowledge/mod.ts";
import type { Locale } from "./phrases.ts";
import { PHRASES } from "./phrases.ts";
import { promptOf, readReply, wholeSentences } from "./prompt.ts";
import type { AnswerSource } from "./store-messages.ts";
import type { HandoverReason } from "./transition.ts";
import type { Turn } from "./turn.ts";
import { courtesyOf, handoverWishOf, localeOf } from "./words.ts";

/** What the bot decided to say to a turn. */
export type Composed =
  | { readonly kind: "handover"; readonly locale: Locale; readonly reason: HandoverReason }
  | {
    readonly kind: "answer";
    readonly locale: Locale;
    readonly text: string;
    readonly sources: readonly AnswerSource[];
    readonly origin: string | null;
  }
  /** It does not know. `question` goes to the list of what it could not answer. */
  | {
    readonly kind: "miss";
    readonly locale: Locale;
    readonly text: string;
    readonly question: string | null;
  };

/**
 * Decides without writing anything: a wish for a person first, then a language model over the business's knowledge,
 * and when there is none, or it fails, or its cap is spent, the knowledge alone.
 */
export async function compose(ctx: Ctx, turn: Turn): Promise<Composed> {
  const { text, business } = turn;
  const wish = handoverWishOf(text, business.handover_words);
  if (wish !== null) {
    const locale = localeOf([wish.locale, turn.locale], business.languages);
    return { kind: "handover", reason: wish.reason, locale };
  }
  if (text === "") {
    return { kind: "miss", locale: turn.locale, text: PHRASES[turn.locale].fileOnly, question: null };
  }
  const knowledge = await askKnowledge(ctx, { question: text });
  if (hasLanguageModel(ctx)) {
    const generated = await generate(ctx, { turn, knowledge });
    if (generated !== null) return generated;
  }
  const courtesy = courtesyOf(text);
  if (courtesy === null) return fromKnowledge(turn, await wholeBurst(ctx, { turn, knowledge }));
  const locale = localeOf([courtesy.locale, turn.locale], business.languages);
  return { kind: "answer", locale, text: PHRASES[locale][courtesy.kind], sources: [], origin: null };
}

/** Questions of one burst that are looked at one by one. */
const MAX_QUESTIONS = 5;

/** What may be a question of its own: a line, or what ends with a question mark. */
const questionsOf = (text: string) => text.split(/\n+|(?<=\?)\s+/u).map((part) => part.trim());

/**
 * Several messages, or lines, can be one question in pieces, or several questions. What each one asks by itself is answered as
 * well, when it is of another entry than the rest; `knowledge` is the answer to all of them as one.
 */
async function wholeBurst(
  ctx: Ctx,
  { turn, knowledge }: { turn: Turn; knowledge: KnowledgeAnswer },
): Promise<KnowledgeAnswer> {
  const questions = questionsOf(turn.text).filter(Boolean).slice(0, MAX_QUESTIONS);
  if (questions.length < 2) return knowledge;
  const answers: KnowledgeAnswer[] = [];
  const told = new Set<string>();
  for (const question of questions) {
    const part = await askKnowledge(ctx, { question });
    const entry = part.answered ? part.sources[0]?.entry_id : undefined;
    if (entry === undefined || told.has(entry)) continue;
    told.add(entry);
    answers.push(part);
  }
  const [first] = answers;
  if (first === undefined) return knowledge;
  if (answers.length === 1) return knowledge.answered ? knowledge : first;
  return {
    ...first,
    answer: answers.map(({ answer }) => answer).join("\n\n"),
    sources: answers.flatMap(({ sources }) => sources),
  };
}

function fromKnowledge({ text, business, locale: before, talk }: Turn, knowledge: KnowledgeAnswer): Composed {
  const { answered, answer, sources, reason } = knowledge;
  const asked = reason === "nothing_asked";
  const locale = localeOf(
    asked ? [guessLocale(text), before] : [knowledge.locale, before],
    business.languages,
  );
  if (answered) return { kind: "answer", locale, text: answer, sources, origin: "knowledge" };
  const phrases = PHRASES[locale];
  if (asked && talk.conversation.misses === 0) {
    return { kind: "answer", locale, text: phrases.howCanIHelp, sources: [], origin: null };
  }
  return { kind: "miss", locale, text: phrases.unknown, question: asked ? null : text };
}

/** null: no answer to be had from a model now; the knowledge answers. */
async function generate(
  ctx: Ctx,
  { turn, knowledge }: { turn: Turn; knowledge: KnowledgeAnswer },
): Promise<Composed | null> {
  const { conversation, contact } = turn.talk;
  const locale = localeOf([knowledge.locale, turn.locale], turn.business.languages);
  try {
    const completion = await complete(ctx, {
      purpose: "answer",
      messages: promptOf(turn, { hits: knowledge.candidates, now: ctx.now() }),
      maxTokens: 700,
      subjectId: contact.id,
      conversationId: conversation.id,
    });
    const said = completion.cut ? wholeSentences(completion.text) : completion.text;
    const reply = readReply(said, knowledge.candidates);
    if (reply.kind === "person") return { kind: "handover", reason: "asked", locale };
    if (reply.kind === "unknown") {
      return { kind: "miss", locale, text: PHRASES[locale].unknown, question: turn.text };
    }
    const origin = `${completion.provider}:${completion.model}`;
    return { kind: "answer", locale, text: reply.text, sources: reply.sources, origin };
  } catch (thrown) {
    ctx.signal?.throwIfAborted();
    // A full or busy database says nothing about the models: the job comes back when it has passed.
    if (isStoreFault(thrown)) throw thrown;
    ctx.ports.log.log("warn", "no language model answered, the knowledge does", {
      conversation_id: conversation.id,
      error: messageOf(thrown),
    });
    return null;
  }
}
