import { queueNext } from "../conversations/mod.ts";
import type { Tx } from "../context.ts";
import { AppError, messageOf } from "../kernel/errors.ts";
import { emit } from "../events/mod.ts";
import { enqueueLate } from "../jobs/mod.ts";
import { redactText } from "../kernel/redact.ts";
import { backoffMs } from "../kernel/retry.ts";
import type { Accepted } from "../ports/whatsapp.ts";
import { WHATSAPP_FAILURES, type WhatsAppFailure, whatsAppFailureOf } from "../ports/whatsapp-failures.ts";
import { changeState } from "./change.ts";
import { messageDoubt } from "./jobs.ts";
import { DOUBT_MS, MAX_TRIES, MOST_WAIT_MS, rankOf, TRY_BACKOFF } from "./policy.ts";
import { applyStatus } from "./status.ts";
import { updatePause } from "./store-numbers.ts";
import { endAttempt, selectAttempts, takeStrays } from "./store-attempts.ts";
import { type MessageRow, selectMessageRow, updateMessage } from "./store-outgoing.ts";

/** A try that was made, and the message as it was before it. */
export interface Tried {
  readonly attemptId: string;
  readonly message: MessageRow;
}

/** Meta has it. Statuses that came before this answer count as well. */
export async function settleAccepted(
  tx: Tx,
  { attemptId, message }: Tried,
  accepted: Accepted,
): Promise<void> {
  const { messageId: externalId } = accepted;
  await endAttempt(tx, attemptId, { outcome: "accepted", externalId });
  const now = await selectMessageRow(tx, message.id);
  if (now === null) return;
  const { channelAccountId } = message;
  if (rankOf(now.state) === 0) await changeState(tx, now, { state: "sent", externalId });
  else if (now.externalId === null) await updateMessage(tx, now.id, { externalId });
  for (const status of await takeStrays(tx, { channelAccountId, externalId })) {
    await applyStatus(tx, { channelAccountId, status });
  }
  await queueNext(tx, message.conversationId);
}

/** Resolves to how long to wait before the next try; null: there is none by itself. */
export async function settleFailed(tx: Tx, tried: Tried, thrown: unknown): Promise<number | null> {
  const failure = whatsAppFailureOf(thrown) ?? ownFailure(thrown);
  const rule = WHATSAPP_FAILURES[failure.class];
  if (rule.retry === "person") return await doubt(tx, tried);
  const again = rule.retry === "backoff" || rule.retry === "wait" || rule.retry === "mend";
  const open = await endAttempt(tx, tried.attemptId, {
    outcome: again ? "again" : "refused",
    reason: failure.class,
    errorCode: failure.graph_code,
    errorDetail: redactText(failure.details ?? messageOf(thrown)).slice(0, 500),
    trace: failure.fbtrace_id,
  });
  const { message } = tried;
  const now = await selectMessageRow(tx, message.id);
  // A status came meanwhile and knows better than the answer.
  if (!open || now === null || now.state !== "processing") return null;
  if (rule.alert) await alert(tx, { message, failure });
  const told = thrown instanceof AppError ? thrown.retryAfterMs ?? 0 : 0;
  const wait = await waitFor(tx, { message: now, failure, told });
  if (wait !== null) return wait;
  await queueNext(tx, message.conversationId);
  return null;
}

interface Failed {
  readonly message: MessageRow;
  readonly failure: WhatsAppFailure;
  readonly told: number;
}

async function waitFor(tx: Tx, { message, failure, told }: Failed): Promise<number | null> {
  const rule = WHATSAPP_FAILURES[failure.class];
  const reason = failure.graph_code === null ? failure.class : `${failure.class} (${failure.graph_code})`;
  const { id, channelAccountId } = message;
  const tries = (await selectAttempts(tx, id)).filter((one) => one.reason === failure.class).length;
  const wait = (ms: number) => Math.max(told, rule.waitMs, ms);
  switch (rule.retry) {
    case "backoff": {
      if (tries >= MAX_TRIES) break;
      const ms = wait(backoffMs(TRY_BACKOFF, tries));
      await changeState(tx, message, { state: "retry", reason, nextTryAt: tx.now() + ms });
      return ms;
    }
    case "mend":
    case "wait": {
      // A cap on one customer: later messages of the conversation need not wait a day for this one.
      if (failure.class === "recipient_limited") {
        if (tries >= 3) break;
        await updateMessage(tx, id, { runAt: tx.now() + wait(0) });
        await changeState(tx, message, { state: "pending", reason, nextTryAt: tx.now() + wait(0) });
        await queueNext(tx, message.conversationId);
        return wait(0);
      }
      const growing = rule.holds === "pair"
        ? wait(1000 * 4 ** Math.min(tries, 5))
        : wait(backoffMs({ baseMs: rule.waitMs, maxMs: 15 * MOST_WAIT_MS }, tries));
      if (rule.holds === "number") {
        await updatePause(tx, channelAccountId, { until: tx.now() + growing, reason });
      }
      const ms = rule.retry === "mend" ? Math.min(growing, MOST_WAIT_MS) : growing;
      await changeState(tx, message, { state: "pending", reason, nextTryAt: tx.now() + ms });
      return ms;
    }
    case "change":
      if (failure.class === "window_closed") {
        await changeState(tx, message, { state: "held", reason: "window_closed" });
        return null;
      }
      // Uploads are made anew by every try, and a file may have broken on its way.
      if (failure.class === "media_problem" && failure.graph_code !== null && tries < 2) {
        await changeState(tx, message, { state: "retry", reason, nextTryAt: tx.now() + wait(1000) });
        return wait(1000);
      }
  }
  await changeState(tx, message, { state: "failed", reason });
  return null;
}

/** Nobody said what became of it: its own status may, within ten minutes; until then the conversation waits. */
export async function doubt(tx: Tx, { attemptId, message }: Tried): Promise<null> {
  const now = await selectMessageRow(tx, message.id);
  const attempt = (await selectAttempts(tx, message.id)).find(({ id }) => id === attemptId);
  if (now?.state !== "processing" || attempt === undefined || attempt.outcome !== null) return null;
  const until = (attempt.calledAt ?? attempt.startedAt) + DOUBT_MS;
  await changeState(tx, now, { state: "processing", reason: "outcome_unknown", nextTryAt: until });
  await enqueueLate(tx, messageDoubt, { messageId: message.id, attemptId }, { runAt: until });
  return null;
}

/** What was thrown before anything left us: our own refusal, such as a file that WhatsApp does not take. */
function ownFailure(thrown: unknown): WhatsAppFailure {
  const refused = thrown instanceof AppError && !thrown.retryable;
  return {
    class: refused ? "invalid_request" : "retry_later",
    graph_code: null,
    subcode: null,
    fbtrace_id: null,
    details: messageOf(thrown),
  };
}

async function alert(tx: Tx, { message, failure }: Omit<Failed, "told">): Promise<void> {
  await emit(tx, {
    type: "whatsapp.alert",
    subjectId: message.channelAccountId,
    data: {
      class: failure.class,
      code: failure.graph_code,
      details: failure.details,
      message_id: message.id,
    },
  });
}
