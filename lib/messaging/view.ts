import type { MessageKind, MessageState } from "../conversations/mod.ts";
import type { Ctx } from "../context.ts";
import { iso, isoOrNull } from "../kernel/clock.ts";
import { type AttemptRow, countAttempts } from "./store-attempts.ts";
import { type Outgoing, selectHeads } from "./store-outgoing.ts";

/** Why a message is not out yet, and until when that lasts where it is known. */
export interface Waiting {
  readonly reason: string;
  readonly until: string | null;
}

export interface QueuedView {
  readonly id: string;
  readonly conversation_id: string;
  readonly channel_account_id: string;
  readonly contact: { readonly id: string; readonly name: string | null };
  readonly kind: MessageKind;
  readonly text: string;
  readonly state: MessageState;
  readonly state_reason: string | null;
  /** null: it waits for nothing. */
  readonly waiting_for: Waiting | null;
  readonly external_id: string | null;
  readonly attempts: number;
  readonly run_at: string | null;
  readonly created_at: string;
  readonly state_at: string;
}

export interface AttemptView {
  readonly number: number;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly outcome: string | null;
  readonly reason: string | null;
  readonly error_code: number | null;
  readonly error_detail: string | null;
  readonly trace: string | null;
}

/** Messages of the queue as they are shown, with what each waits for. */
export async function toQueuedViews(ctx: Ctx, rows: readonly Outgoing[]): Promise<QueuedView[]> {
  const waiting = rows.filter(({ message: { state } }) => state === "pending" || state === "retry");
  const heads = await selectHeads(ctx, [...new Set(waiting.map(({ conversation }) => conversation.id))]);
  const attempts = await countAttempts(ctx, rows.map(({ message }) => message.id));
  return rows.map((row) => {
    const { message, contact } = row;
    return {
      id: message.id,
      conversation_id: message.conversationId,
      channel_account_id: message.channelAccountId,
      contact: { id: contact.id, name: contact.name },
      kind: message.kind,
      text: message.text,
      state: message.state,
      state_reason: message.stateReason,
      waiting_for: waitingFor(row, { now: ctx.now(), first: heads.has(message.id) }),
      external_id: message.externalId,
      attempts: attempts.get(message.id) ?? 0,
      run_at: isoOrNull(message.runAt),
      created_at: iso(message.createdAt),
      state_at: iso(message.stateAt ?? message.createdAt),
    };
  });
}

function waitingFor(
  { message }: Outgoing,
  { now, first }: { now: number; first: boolean },
): Waiting | null {
  const { state, stateReason, runAt, nextTryAt } = message;
  const later = (at: number | null) => at !== null && at > now ? iso(at) : null;
  switch (state) {
    case "pending":
    case "retry":
      if (later(nextTryAt) !== null) return { reason: stateReason ?? "next_try", until: later(nextTryAt) };
      if (later(runAt) !== null) return { reason: "scheduled", until: later(runAt) };
      return { reason: first ? "sender" : "earlier_message", until: null };
    case "processing":
      return { reason: stateReason ?? "answer_of_whatsapp", until: later(nextTryAt) };
    case "held":
      return { reason: "person", until: null };
    default:
      return null;
  }
}

export function attemptView(row: AttemptRow): AttemptView {
  return {
    number: row.number,
    started_at: iso(row.startedAt),
    ended_at: isoOrNull(row.endedAt),
    outcome: row.outcome,
    reason: row.reason,
    error_code: row.errorCode,
    error_detail: row.errorDetail,
    trace: row.trace,
  };
}
