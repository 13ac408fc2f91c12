import { enqueue, type JobCtx } from "../jobs/mod.ts";
import type { Tx } from "../context.ts";
import { toLocale } from "../identity/schemas.ts";
import { requireScope } from "../kernel/actors.ts";
import { newId } from "../kernel/ids.ts";
import { deliver } from "./jobs.ts";
import { MERGED_INTO, PRIORITY_RANK } from "./policy.ts";
import { insertNotification, selectNotification } from "./store.ts";
import { type DeliveryRow, insertDelivery, settleDeliveries } from "./store-deliveries.ts";
import { closeDigestRow, selectDigested } from "./store-peace.ts";
import { renderText } from "./template.ts";

const TEXTS = {
  es: {
    subject: "{{count}} avisos: {{first}}",
    text: "{{#items}}• {{subject}}\n{{text}}\n\n{{/items}}",
  },
  en: {
    subject: "{{count}} notices: {{first}}",
    text: "{{#items}}• {{subject}}\n{{text}}\n\n{{/items}}",
  },
} as const;

/** Its members in one message; a single one goes out as it is. Closed once, in the commit that writes what follows. */
export async function closeDigestNow(ctx: JobCtx, { digestId }: { digestId: string }): Promise<void> {
  requireScope(ctx, "notifications:write");
  await ctx.transact(async (tx) => {
    await ctx.finish(tx);
    if (!await closeDigestRow(tx, digestId)) return;
    const members = await selectDigested(tx, digestId);
    const [first, ...others] = members;
    if (first === undefined) return;
    if (others.length === 0) {
      await settleDeliveries(tx, [{ id: first.id, state: "pending", reason: null, nextTryAt: null }]);
      return void await enqueue(tx, deliver, { deliveryIds: [first.id] });
    }
    await merge(tx, [first, ...others]);
  });
}

async function merge(tx: Tx, members: readonly [DeliveryRow, ...DeliveryRow[]]): Promise<void> {
  const [first] = members;
  const template = await selectNotification(tx, first.notificationId);
  const notificationId = newId("notification");
  const id = newId("delivery");
  const { channel, recipient, userId, contactId, locale } = first;
  const words = renderText(TEXTS[toLocale(locale)], {
    count: members.length,
    first: first.subject ?? "",
    items: members.map(({ subject, text }) => ({ subject: subject ?? "", text: (text ?? "").trim() })),
  });
  await insertNotification(tx, {
    id: notificationId,
    template: template?.template ?? null,
    category: template?.category ?? "general",
    priority: "normal",
    key: null,
    subjectId: null,
    data: { merged: members.length },
  });
  await insertDelivery(tx, {
    id,
    notificationId,
    channel,
    recipient,
    userId,
    contactId,
    locale,
    ...words,
    html: channel === "email" ? words.html : null,
    extra: null,
    state: "pending",
    reason: null,
    nextTryAt: null,
    digestId: null,
  });
  await settleDeliveries(
    tx,
    members.map((one) => ({ id: one.id, state: "skipped", reason: `${MERGED_INTO}${id}`, nextTryAt: null })),
  );
  await enqueue(tx, deliver, { deliveryIds: [id] }, { priority: PRIORITY_RANK.normal });
}
