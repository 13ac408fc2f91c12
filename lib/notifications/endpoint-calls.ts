import { audit } from "../audit/mod.ts";
import type { Consumer } from "../consumers/mod.ts";
import { signingSecrets } from "../conversations/mod.ts";
import { type Ctx, oncePerTransaction, type Tx } from "../context.ts";
import { enqueue } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso } from "../kernel/clock.ts";
import { notFound } from "../kernel/errors.ts";
import type { Page, PageRequest } from "../kernel/page.ts";
import type { LiveEvent } from "../ports/live.ts";
import type { WebhookMessage } from "../ports/notify.ts";
import { notifyFailure } from "../ports/notify-failures.ts";
import type { Target } from "./audience.ts";
import { matches } from "./schemas.ts";
import { getEndpoint, loadEnabled } from "./endpoints.ts";
import { listDeliveries } from "./history.ts";
import { deliver } from "./jobs.ts";
import { write } from "./notify.ts";
import { MISSED_MS, PRIORITY_RANK } from "./policy.ts";
import { type DeliveryView, deliveryView } from "./present.ts";
import type { DeliveryState } from "./schemas.ts";
import type { Due } from "./store-deliveries.ts";
import { type Listener, restartCalls, selectEndpoint, selectListening } from "./store-endpoints.ts";
import { selectShown } from "./store-history.ts";
import { Unsendable } from "./unsendable.ts";

/** Tells the endpoints of a workspace what happened in it, each event once and in order of its tries. */
export const webhookConsumer: Consumer = { name: "webhooks", handle: callAbout };

const listening = oncePerTransaction((tx) => selectListening(tx, { since: tx.now() - MISSED_MS }));

async function callAbout(tx: Tx, event: LiveEvent): Promise<void> {
  const endpoints = (await listening(tx)).filter(({ types, createdAt }) =>
    createdAt <= event.at && types.some((pattern) => matches(pattern, event.type))
  );
  if (endpoints.length === 0) return;
  const { type, seq, subjectId, conversationId, data, at } = event;
  await writeCalls(tx, {
    targets: endpoints.map(targetOf),
    type,
    at,
    subjectId,
    webhookId: `evt_${seq}`,
    data: { ...data, subject_id: subjectId, conversation_id: conversationId },
  });
}

interface Call {
  readonly targets: readonly Target[];
  readonly type: string;
  readonly at: number;
  readonly subjectId: string | null;
  readonly webhookId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

async function writeCalls(tx: Tx, { targets, type, at, subjectId, webhookId, data }: Call) {
  const body = JSON.stringify({ type, timestamp: iso(at), data });
  return await write(tx, {
    template: null,
    category: "webhook",
    priority: "normal",
    ...(subjectId === null ? {} : { subjectId }),
    data: {},
    targets,
    extra: { webhook: { webhook_id: webhookId } },
    wordsFor: () => ({ subject: type, text: body, html: "" }),
  });
}

/** What one that failed misses is kept beside its calls, to be replayed when it is mended. */
function targetOf({ id: recipient, enabled }: Pick<Listener, "id" | "enabled">): Target {
  const problem = enabled ? null : "endpoint_disabled";
  return { channel: "webhook", recipient, userId: null, contactId: null, locale: "es", problem };
}

/** What is called now, with the secrets that are in force. */
export async function composeWebhook(ctx: Ctx, { delivery, notification }: Due): Promise<WebhookMessage> {
  const { recipient, extra } = delivery;
  const text = delivery.text ?? notification.text ?? "";
  const subject = delivery.subject ?? notification.subject;
  const webhookId = extra?.["webhook_id"];
  const id = typeof webhookId === "string" ? webhookId : delivery.id;
  // Words that a person sends have no event of their own.
  const body = typeof webhookId === "string" ? text : JSON.stringify({
    type: "notification",
    timestamp: iso(delivery.createdAt),
    data: { subject, message: text },
  });
  if (!recipient.startsWith("whe_")) {
    return { id, subject, text, body, url: recipient, secrets: await signingSecrets(ctx) };
  }
  const endpoint = await selectEndpoint(ctx, recipient);
  if (endpoint === null) throw notifyFailure("rejected", "The endpoint was removed");
  if (!endpoint.enabled) throw new Unsendable("skipped", "endpoint_disabled");
  const old = (endpoint.oldSecretUntil ?? 0) > ctx.now() ? endpoint.oldSecret : null;
  const sealed = old === null ? [endpoint.secret] : [endpoint.secret, old];
  const secrets = await Promise.all(sealed.map((one) => ctx.ports.secrets.open(one, endpoint.id)));
  return { id, subject, text, body, url: endpoint.url, secrets };
}

/** Calls an endpoint with an event of type `webhook.test`. Throws 409 when it is disabled. */
export async function testEndpoint(ctx: Ctx, id: string): Promise<DeliveryView> {
  requireScope(ctx, "webhooks:write");
  return await ctx.transact(async (tx) => {
    await loadEnabled(tx, id);
    const { notificationId, deliveries: [delivery] } = await writeCalls(tx, {
      targets: [targetOf({ id, enabled: true })],
      type: "webhook.test",
      at: tx.now(),
      subjectId: id,
      webhookId: `test_${tx.requestId}`,
      data: { endpoint_id: id },
    });
    const row = delivery === undefined ? null : await selectShown(tx, delivery.id);
    if (row === null) throw notFound("call", notificationId);
    await audit(tx, { action: "webhook_endpoint.test", subjectId: id });
    return deliveryView(row);
  });
}

/** The calls of one endpoint, the newest first. */
export async function listCalls(
  ctx: Ctx,
  { id, states, ...page }: PageRequest & { id: string; states?: readonly DeliveryState[] | undefined },
): Promise<Page<DeliveryView>> {
  await getEndpoint(ctx, id);
  return await listDeliveries(ctx, { ...page, states, channel: "webhook", recipient: id });
}

export interface Replay {
  readonly id: string;
  /** UTC milliseconds. */
  readonly since?: number | undefined;
  readonly states?: readonly ("failed" | "skipped" | "delivered" | "outcome_unknown")[] | undefined;
  readonly deliveryIds?: readonly string[] | undefined;
}

const MOST_REPLAYED = 1000;
const CALLS_A_JOB = 20;

/** Makes calls again under their first ids, the oldest first: those that failed or were skipped, or those named. */
export async function replayCalls(ctx: Ctx, replay: Replay): Promise<{ replayed: number; more: boolean }> {
  requireScope(ctx, "webhooks:write");
  const { id, since = null, states = ["failed", "skipped", "outcome_unknown"], deliveryIds = null } = replay;
  return await ctx.transact(async (tx) => {
    await loadEnabled(tx, id);
    const ids = await restartCalls(tx, {
      endpointId: id,
      since,
      states,
      ids: deliveryIds,
      limit: MOST_REPLAYED,
    });
    for (let at = 0; at < ids.length; at += CALLS_A_JOB) {
      await enqueue(tx, deliver, { deliveryIds: ids.slice(at, at + CALLS_A_JOB) }, {
        priority: PRIORITY_RANK.low,
      });
    }
    await audit(tx, { action: "webhook_endpoint.replay", subjectId: id, detail: { replayed: ids.length } });
    return { replayed: ids.length, more: ids.length === MOST_REPLAYED };
  });
}
