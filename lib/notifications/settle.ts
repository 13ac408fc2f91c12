import type { Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { enqueue } from "../jobs/mod.ts";
import { AppError, messageOf } from "../kernel/errors.ts";
import { redactText } from "../kernel/redact.ts";
import { RetryAfter } from "../kernel/retry.ts";
import type { Carried } from "../ports/notify.ts";
import { NOTIFY_FAILURES, type NotifyFailure, notifyFailureOf } from "../ports/notify-failures.ts";
import type { Ready } from "./compose.ts";
import { type CallEnd, noteCalls } from "./endpoint-health.ts";
import { deliver, deliverBulk } from "./jobs.ts";
import { GAPS, MOST_ASKED_MS, PRIORITY_RANK } from "./policy.ts";
import { type AttemptEnd, endAttempts } from "./store-attempts.ts";
import { deleteSubscription } from "./store-push.ts";
import { type DeliveryChange, type Due, settleDeliveries } from "./store-deliveries.ts";

/** What one call came to. */
export type Result = { readonly carried: Carried } | { readonly thrown: unknown };

export interface Tried {
  readonly ready: Ready;
  readonly attemptId: string;
  readonly result: Result;
}

/** Pure: what a result means for the try and for the delivery. `delayMs`: another try then; null: none by itself. */
export interface Verdict {
  readonly end: Omit<AttemptEnd, "id">;
  readonly change: Omit<DeliveryChange, "id">;
  readonly delayMs: number | null;
  readonly gone: boolean;
}

/** `chance` in [0, 1) spreads the next tries. */
export function judge({ ready, result }: Omit<Tried, "attemptId">, chance: number): Verdict {
  const { due: { delivery }, provider, more, idempotent } = ready;
  if ("carried" in result) {
    const { state, externalId } = result.carried;
    return {
      end: { outcome: "accepted", reason: null, vendorCode: null, detail: null },
      change: { state, reason: null, provider, externalId, nextTryAt: null },
      delayMs: null,
      gone: false,
    };
  }
  const { thrown } = result;
  if (thrown instanceof RetryAfter) {
    return {
      end: { outcome: "not_begun", reason: "not_here", vendorCode: null, detail: thrown.message },
      change: { state: "pending", reason: "not_here", provider },
      delayMs: thrown.delayMs,
      gone: false,
    };
  }
  const failure = notifyFailureOf(thrown) ?? unknown(thrown);
  const rule = NOTIFY_FAILURES[failure.class];
  const pinned = rule.retry === "person" && idempotent;
  const retry = pinned ? "backoff" : rule.retry;
  const told = {
    reason: failure.class,
    vendorCode: failure.vendor_code,
    detail: redactText(failure.details).slice(0, 500),
  };
  const reason = failure.vendor_code === null ? failure.class : `${failure.class} (${failure.vendor_code})`;
  const over = (state: "failed" | "outcome_unknown", outcome: AttemptEnd["outcome"]): Verdict => ({
    end: { outcome, ...told },
    change: { state, reason, provider, nextTryAt: null },
    delayMs: null,
    gone: rule.gone,
  });
  if (retry === "person") return over("outcome_unknown", "unknown");
  if (retry === "never") return over("failed", "refused");
  const again = (delayMs: number, next: Partial<DeliveryChange>): Verdict => ({
    end: { outcome: "again", ...told },
    change: { state: "pending", reason, provider, ...next },
    delayMs,
    gone: false,
  });
  if (rule.failover && more) return again(0, { providerAt: delivery.providerAt + 1 });
  const gap = GAPS[delivery.channel][delivery.round];
  if (gap === undefined) {
    return pinned || delivery.pinned ? over("outcome_unknown", "unknown") : over("failed", "refused");
  }
  const asked = thrown instanceof AppError ? Math.min(thrown.retryAfterMs ?? 0, MOST_ASKED_MS) : 0;
  const delayMs = Math.max(Math.round(gap * (0.9 + 0.2 * chance)), asked, rule.waitMs);
  return again(delayMs, { providerAt: 0, round: delivery.round + 1, ...(pinned ? { pinned } : {}) });
}

/** Whatever it was, the call had begun. */
function unknown(thrown: unknown): NotifyFailure {
  return { class: "outcome_unknown", vendor_code: null, details: messageOf(thrown) };
}

/** Writes what a wave of calls came to: tries, deliveries, next jobs and events in one commit. */
export async function settle(tx: Tx, wave: readonly Tried[]): Promise<void> {
  const judged = wave.map((one) => ({ ...one, verdict: judge(one, Math.random()) }));
  await endAttempts(tx, judged.map(({ attemptId, verdict }) => ({ id: attemptId, ...verdict.end })));
  const changes = judged.map(({ ready, verdict: { change, delayMs } }): DeliveryChange => ({
    id: ready.due.delivery.id,
    ...change,
    ...(delayMs === null ? {} : { nextTryAt: tx.now() + delayMs }),
  }));
  const open = new Set(await settleDeliveries(tx, changes));
  await noteCalls(tx, judged.flatMap(callEnd));
  for (const { ready: { due }, verdict } of judged) {
    if (!open.has(due.delivery.id)) continue;
    if (verdict.gone && due.delivery.channel === "push") {
      await deleteSubscription(tx, { id: due.delivery.recipient, userId: null });
    }
    if (verdict.delayMs !== null) await enqueueAgain(tx, due, verdict.delayMs);
    else await tell(tx, due, verdict.change);
  }
}

/** How a call of a registered endpoint ended. */
function callEnd(
  { ready: { due: { delivery } }, verdict }: Tried & { readonly verdict: Verdict },
): CallEnd[] {
  const { channel, recipient, createdAt } = delivery;
  if (channel !== "webhook" || !recipient.startsWith("whe_")) return [];
  const { change: { state }, delayMs, gone } = verdict;
  return [{ endpointId: recipient, ok: state === "delivered", over: delayMs === null, gone, createdAt }];
}

async function enqueueAgain(tx: Tx, { delivery, notification }: Due, delayMs: number): Promise<void> {
  const job = notification.bulk ? deliverBulk : deliver;
  await enqueue(tx, job, { deliveryIds: [delivery.id] }, {
    priority: PRIORITY_RANK[notification.priority],
    delayMs,
  });
}

/** Calls of webhooks are not told of: who listens to everything would be called about its own calls for ever. */
export async function tell(
  tx: Tx,
  { delivery, notification }: Due,
  { state, reason }: Pick<DeliveryChange, "state" | "reason">,
): Promise<void> {
  if (notification.bulk || delivery.channel === "webhook") return;
  await emit(tx, {
    type: "notification.delivery_changed",
    subjectId: delivery.id,
    data: {
      notification_id: notification.id,
      channel: delivery.channel,
      state,
      reason,
      subject_id: notification.subjectId,
    },
  });
}
