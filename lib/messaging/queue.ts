import { audit } from "../audit/mod.ts";
import { type MessageState, queueNext, queueSend } from "../conversations/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso } from "../kernel/clock.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { decodeCursor, encodeCursor, type Page, type PageRequest } from "../kernel/page.ts";
import { changeState } from "./change.ts";
import { selectAttempts } from "./store-attempts.ts";
import {
  countStates,
  type Outgoing,
  selectOldestDue,
  selectOutgoing,
  selectQueue,
  updateMessage,
} from "./store-outgoing.ts";
import { type AttemptView, attemptView, type QueuedView, toQueuedViews } from "./view.ts";

export interface QueueQuery extends PageRequest {
  readonly states?: readonly MessageState[] | undefined;
  readonly conversationId?: string | undefined;
}

/** What was to go out, the newest first, each with what it waits for. */
export async function listQueue(ctx: Ctx, query: QueueQuery): Promise<Page<QueuedView>> {
  requireScope(ctx, "conversations:read");
  const { limit, cursor, ...filter } = query;
  const before = cursor === undefined ? undefined : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectQueue(ctx, { ...filter, before, limit: limit + 1 });
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { data: await toQueuedViews(ctx, kept), next_cursor: more ? encodeCursor([last.message.id]) : null };
}

export interface QueuedDetail extends QueuedView {
  readonly tries: AttemptView[];
}

interface QueueChoice {
  readonly messageId: string;
}

/** One message and every try that was made to send it. */
export async function getQueued(ctx: Ctx, { messageId }: QueueChoice): Promise<QueuedDetail> {
  requireScope(ctx, "conversations:read");
  const row = await load(ctx, messageId);
  const [view] = await toQueuedViews(ctx, [row]);
  if (view === undefined) throw notFound("message", messageId);
  return { ...view, tries: (await selectAttempts(ctx, messageId)).map(attemptView) };
}

const CANCELLABLE: readonly MessageState[] = ["pending", "retry", "held", "failed"];
const RETRYABLE: readonly MessageState[] = ["held", "failed", "cancelled", "retry"];

/** Takes a message out of the queue. Throws 409 when it is on its way or gone. */
export async function cancelQueued(ctx: Ctx, { messageId }: QueueChoice): Promise<QueuedView> {
  requireScope(ctx, "conversations:write");
  return await change(ctx, { messageId, from: CANCELLABLE, action: "message.cancel" }, async (tx, row) => {
    await changeState(tx, row.message, { state: "cancelled", reason: "by_operator" });
    await queueNext(tx, row.conversation.id);
  });
}

/**
 * Sends a message that was held, failed or cancelled once more. For one whose outcome nobody knows this is a
 * person's decision: the customer may get it twice. Throws 409 for any other state.
 */
export async function retryQueued(ctx: Ctx, { messageId }: QueueChoice): Promise<QueuedView> {
  requireScope(ctx, "conversations:write");
  return await change(ctx, { messageId, from: RETRYABLE, action: "message.retry" }, async (tx, row) => {
    // The earlier try's id stays with the try: its late statuses are not this one's.
    await updateMessage(tx, messageId, { externalId: null, runAt: null });
    await changeState(tx, { ...row.message, externalId: null }, { state: "pending" });
    const now = await load(tx, messageId);
    await queueSend(tx, now.message);
  });
}

export interface QueueStats {
  readonly states: Record<string, number>;
  /** Pending, processing and retry together. */
  readonly waiting: number;
  readonly oldest_due_at: string | null;
}

export async function queueStats(ctx: Ctx): Promise<QueueStats> {
  requireScope(ctx, "conversations:read");
  const counts = new Map((await countStates(ctx)).map(({ state, count }) => [state, count]));
  const states = Object.fromEntries(QUEUE_STATES.map((state) => [state, counts.get(state) ?? 0]));
  const waiting = (["pending", "processing", "retry"] as const).reduce(
    (sum, one) => sum + (counts.get(one) ?? 0),
    0,
  );
  const oldest = await selectOldestDue(ctx);
  return { states, waiting, oldest_due_at: oldest === null ? null : iso(oldest) };
}

export const QUEUE_STATES = [
  "pending",
  "processing",
  "sent",
  "delivered",
  "read",
  "failed",
  "retry",
  "held",
  "cancelled",
] as const satisfies readonly MessageState[];

interface Change extends QueueChoice {
  readonly from: readonly MessageState[];
  readonly action: string;
}

async function change(
  ctx: Ctx,
  { messageId, from, action }: Change,
  write: (tx: Tx, row: Outgoing) => Promise<void>,
): Promise<QueuedView> {
  return await ctx.transact(async (tx) => {
    const row = await load(tx, messageId);
    const { state, stateReason } = row.message;
    if (!from.includes(state)) {
      throw new AppError("conflict", `The message is ${state}; this is for one that is ${from.join(", ")}`, {
        extra: { state, allowed: from },
      });
    }
    await write(tx, row);
    await audit(tx, { action, subjectId: messageId, detail: { from: state, reason: stateReason } });
    const [view] = await toQueuedViews(tx, [await load(tx, messageId)]);
    if (view === undefined) throw notFound("message", messageId);
    return view;
  });
}

async function load(at: Ctx, messageId: string): Promise<Outgoing> {
  const row = await selectOutgoing(at, messageId);
  if (row === null) throw notFound("message", messageId);
  return row;
}
