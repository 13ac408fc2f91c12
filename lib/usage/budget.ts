import type { Ctx } from "../context.ts";
import { DAY, iso } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { ID_PREFIXES } from "../kernel/ids.ts";
import { addToCounter, selectCounter, takeCall } from "./store.ts";

/** Why the cap refuses. */
export type BudgetRefusal = "workspace_calls" | "workspace_tokens" | "visitor_calls";

export type Budget =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: BudgetRefusal; readonly resetsAt: number };

/** Whose caps are asked: the workspace's always, a visitor's as well when one is named; people who work here have none. */
export interface BudgetSubject {
  readonly subjectId?: string | null | undefined;
}

const WHY: Readonly<Record<BudgetRefusal, string>> = {
  workspace_calls: "The workspace has made its calls of language models for today",
  workspace_tokens: "The workspace has used its tokens of language models for today",
  visitor_calls: "The visitor has caused as many calls of language models as one may in a day",
};
/** The workspace's own counter. */
const WHOLE = "";

/** The UTC day that counts, as `2026-11-21`. */
export function dayOf(ms: number): string {
  return iso(ms).slice(0, 10);
}

/** What the caps say now. Only a reservation is binding, because others may call in the meantime. */
export async function checkBudget(ctx: Ctx, { subjectId }: BudgetSubject = {}): Promise<Budget> {
  const { dailyCalls, dailyTokens, visitorDailyCalls } = ctx.config.llm;
  const whole = await counterOf(ctx, WHOLE);
  if (whole.calls >= dailyCalls) return refused(ctx, "workspace_calls");
  if (whole.tokens >= dailyTokens) return refused(ctx, "workspace_tokens");
  const visitor = visitorOf(subjectId);
  if (visitor === null) return { allowed: true };
  const own = await counterOf(ctx, visitor);
  return own.calls >= visitorDailyCalls ? refused(ctx, "visitor_calls") : { allowed: true };
}

/** A call taken from the caps, to be settled by `recordUsage`. */
export interface Reservation {
  readonly day: string;
  readonly subjectId: string | null;
}

/** Takes one call from the workspace's and the visitor's caps, or throws `quota_exceeded` and takes none. */
export async function reserveCall(ctx: Ctx, { subjectId }: BudgetSubject): Promise<Reservation> {
  const { dailyCalls, dailyTokens, visitorDailyCalls } = ctx.config.llm;
  return await ctx.transact(async (tx) => {
    const day = dayOf(tx.now());
    const reservation = { day, subjectId: visitorOf(subjectId) };
    const key = { workspaceId: tx.workspaceId, day };
    const take = async (subject: string, maxCalls: number, maxTokens: number) =>
      maxCalls > 0 && maxTokens > 0 &&
      (await takeCall(tx, { ...key, subject, maxCalls, maxTokens })).length > 0;
    if (!await take(WHOLE, dailyCalls, dailyTokens)) {
      const { calls } = await counterOf(tx, WHOLE);
      throw spent(tx, calls >= dailyCalls ? "workspace_calls" : "workspace_tokens");
    }
    if (
      reservation.subjectId !== null &&
      !await take(reservation.subjectId, visitorDailyCalls, Number.MAX_SAFE_INTEGER)
    ) {
      throw spent(tx, "visitor_calls"); // rolls the workspace's call back
    }
    return reservation;
  });
}

/** Counts the tokens of a reserved call; `refund` gives the call back, for one that the vendor never served. */
export async function settle(
  tx: Ctx,
  { day, subjectId }: Reservation,
  { tokens, refund }: { readonly tokens: number; readonly refund: boolean },
): Promise<void> {
  const change = { workspaceId: tx.workspaceId, day, calls: refund ? -1 : 0, tokens };
  if (tokens === 0 && !refund) return;
  await addToCounter(tx, { ...change, subject: WHOLE });
  if (subjectId !== null) await addToCounter(tx, { ...change, subject: subjectId });
}

/** The subject, if it is a contact; null for a user, an API key, or nobody. */
function visitorOf(subjectId: string | null | undefined): string | null {
  return subjectId?.startsWith(`${ID_PREFIXES.contact}_`) ? subjectId : null;
}

async function counterOf(ctx: Ctx, subject: string): Promise<{ calls: number; tokens: number }> {
  const [row] = await selectCounter(ctx, { workspaceId: ctx.workspaceId, day: dayOf(ctx.now()), subject });
  return row ?? { calls: 0, tokens: 0 };
}

function refused(ctx: Ctx, reason: BudgetRefusal): Budget {
  return { allowed: false, reason, resetsAt: (Math.floor(ctx.now() / DAY) + 1) * DAY };
}

function spent(ctx: Ctx, reason: BudgetRefusal): AppError {
  const now = ctx.now();
  return new AppError("quota_exceeded", WHY[reason], { retryAfterMs: DAY - now % DAY, extra: { reason } });
}
