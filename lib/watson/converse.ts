import type { Ctx, Tx } from "../context.ts";
import { loadBusiness, localeOf as spokenBy } from "../conversations/mod.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, invalid, messageOf } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { withoutSecretLinks } from "../kernel/redact.ts";
import { cleanText } from "../kernel/text.ts";
import type { Locale } from "../knowledge/mod.ts";
import { type Done, perform, spoken, type Surroundings } from "./actions.ts";
import { checkCallback, followLater, relinked, toldOfReport } from "./follow-up.ts";
import { type Action, isAction } from "./intents.ts";
import { askedAgain } from "./pending.ts";
import { type Heard, type Plan, planOf } from "./plan.ts";
import type { ActivityOutcome } from "./schemas.ts";
import { insertActivity, saveSession, selectSession, selectTurn, type SessionRow } from "./store.ts";
import { localeOf, understand, type Understood } from "./understand.ts";
import { refusalIn } from "./refusals.ts";

export interface Utterance {
  /** The caller's name of the talk; a new one is made when it is left out. */
  readonly sessionId?: string | undefined;
  readonly user?: string | undefined;
  readonly text: string;
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  /** The caller's name of this turn: the same again is answered alike and done once. */
  readonly turn?: string | undefined;
}

export interface Turn {
  readonly session_id: string;
  readonly reply: string;
  readonly action: Action | null;
  readonly result: Record<string, unknown> | null;
  readonly confidence: number;
  readonly intent: string;
  readonly outcome: ActivityOutcome;
}

export const TEXT_LIMIT = 4000;
/** Of one turn, while others of its session come first: as many as may be said at once. */
const MOST_TRIES = 100;

/**
 * One turn of a talk: what is wanted is understood, what is missing is asked for, what can be done is done by its
 * tool. The act, the turn and the session are one commit. Throws 422 for an empty or endless text.
 */
export async function converse(ctx: Ctx, utterance: Utterance): Promise<Turn> {
  requireScope(ctx, "watson:use");
  const text = cleanText(utterance.text).trim();
  if (text === "") throw invalid("text", "must not be empty");
  if (text.length > TEXT_LIMIT) throw invalid("text", `has more than ${TEXT_LIMIT} characters`);
  const sessionId = utterance.sessionId ?? newId("watsonSession");
  const { timezone: zone, languages } = await loadBusiness(ctx);
  const otherwise = spokenBy([], languages);
  // What was said means the same whichever turn comes first: a model is asked once.
  let understood: Promise<Understood> | null = null;
  const hear = () => understood ??= understand(ctx, text);
  let session = await selectSession(ctx, sessionId);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const turn = await oneTurn(ctx, {
      session,
      given: { ...utterance, text, sessionId, zone, otherwise, hear },
    });
    if (turn !== null) return turn;
    // As whoever came first left it: that may not be committed yet, and is seen in a transaction only.
    session = await ctx.transact((tx) => selectSession(tx, sessionId));
  }
  throw new AppError("conflict", "Other turns of this session came first, again and again");
}

interface Given extends Utterance, Heard {
  readonly sessionId: string;
  /** The language of the business. */
  readonly otherwise: Locale;
}

/** null: another turn of the session came in between, so what was understood may no longer hold. */
async function oneTurn(
  ctx: Ctx,
  { session, given }: { session: SessionRow | null; given: Given },
): Promise<Turn | null> {
  const known = await knownTurn(ctx, { session, given });
  if (known !== null) return known;
  const locale = localeOf(given.text, {
    told: given.context?.locale,
    before: session?.locale ?? null,
    otherwise: given.otherwise,
  });
  const plan = await planOf(ctx, { given, session, locale });
  const callbackUrl = callbackOf(given, plan);
  if (callbackUrl !== null) await checkCallback(ctx, { url: callbackUrl, path: "context.callback_url" });
  try {
    const told = plan.act?.slots.report
      ? await toldOfReport(ctx, { sessionId: session?.id ?? null, locale })
      : null;
    return await ctx.transact(async (tx) =>
      await keep(tx, { given, session, locale, plan, told, callbackUrl, failure: null })
    );
  } catch (thrown) {
    if (thrown instanceof Overtaken) return null;
    if (!(thrown instanceof AppError) || thrown.retryable) throw thrown;
    const failure = thrown;
    const refused = { given, session, locale, plan, told: null, callbackUrl: null, failure };
    return await ctx.transact((tx) => keep(tx, refused)).catch(
      (error) => {
        if (error instanceof Overtaken) return null;
        throw error;
      },
    );
  }
}

class Overtaken extends Error {}

/** Where the outcome of what takes long is to be posted; null: nowhere. */
function callbackOf({ context = {} }: Given, { act }: Plan): string | null {
  const url = context["callback_url"];
  return act?.action === "generate_report" && typeof url === "string" && url !== "" ? url : null;
}

async function knownTurn(
  ctx: Ctx,
  { session, given }: { session: SessionRow | null; given: Given },
): Promise<Turn | null> {
  if (session === null || given.turn === undefined) return null;
  const row = await selectTurn(ctx, { sessionId: session.id, turn: given.turn });
  if (row === null) return null;
  const { reply, result, confidence, intent, outcome } = row;
  const action = row.action !== null && isAction(row.action) ? row.action : null;
  const told = await relinked(ctx, { reply, result });
  return { session_id: given.sessionId, ...told, action, confidence, intent, outcome };
}

interface Keep {
  readonly given: Given;
  readonly session: SessionRow | null;
  readonly locale: Locale;
  readonly plan: Plan;
  /** What was found out before, because it takes more than the database. */
  readonly told: Done | null;
  readonly callbackUrl: string | null;
  /** What the tool refused it with. */
  readonly failure: AppError | null;
}

/** Acts and writes the turn. Throws Overtaken when the session is no longer as it was read. */
async function keep(
  tx: Tx,
  { given, session, locale, plan, told, callbackUrl, failure }: Keep,
): Promise<Turn> {
  const { act, understood } = plan;
  const asks = act === null || failure === null ? plan.asks : askedAgain(act, failure);
  const id = session?.id ?? newId("watsonSession");
  const user = given.user ?? session?.user ?? null;
  const saved = await saveSession(tx, {
    session: {
      id,
      externalId: given.sessionId,
      user,
      locale,
      pending: asks === null ? null : { ...asks },
      version: (session?.version ?? 0) + 1,
      createdAt: tx.now(),
      lastAt: tx.now(),
    },
    before: session?.version ?? null,
  });
  if (!saved) throw new Overtaken();
  const around: Surroundings = { locale, zone: given.zone, user, context: given.context ?? {}, session: id };
  const done = act === null || failure !== null ? null : told ?? await perform(tx, { ...act, around });
  if (act !== null && done !== null && callbackUrl !== null) {
    const { action } = act;
    await followLater(tx, { action, result: done.result, callbackUrl, locale, sessionId: given.sessionId });
  }
  const outcome = failure !== null ? "refused" : act !== null ? "done" : asks !== null ? "asked" : "answered";
  const reply = failure !== null
    ? refusalIn(locale, failure, (at) => spoken(at, around))
    : done?.reply ?? plan.says;
  const result = failure === null ? done?.result ?? null : { code: failure.code, detail: messageOf(failure) };
  const action = act?.action ?? asks?.action ?? null;
  const { intent, confidence, source } = understood;
  const activityId = newId("watsonActivity");
  // The caller alone gets what opens without a sign-in.
  await insertActivity(
    tx,
    withoutSecretLinks({
      id: activityId,
      sessionId: id,
      turn: given.turn ?? null,
      text: given.text,
      intent,
      confidence,
      source,
      action,
      outcome,
      reply,
      result,
      createdAt: tx.now(),
    }),
  );
  await emit(tx, {
    type: "watson.turn",
    subjectId: id,
    data: { activity_id: activityId, intent, action, outcome },
  });
  return { session_id: given.sessionId, reply, action, result, confidence, intent, outcome };
}
