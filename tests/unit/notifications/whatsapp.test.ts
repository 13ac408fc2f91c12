import assert from "node:assert/strict";
import { drainConsumers } from "../../../lib/consumers/mod.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { claim, createRegistry, enqueue, execute } from "../../../lib/jobs/mod.ts";
import { deliver, getDelivery, sendNotification } from "../../../lib/notifications/mod.ts";
import { notificationHandlers } from "../../../workers/handlers/notifications.ts";
import { consumers } from "../../../workers/consumers.ts";
import { STATUS_PLANS } from "../../support/fakes/graph.ts";
import { ANA, openLine, talkWithAna } from "../messaging/line.ts";
import { openDesk } from "./world.ts";

const order = { channel: "whatsapp", subject: "Su visita", message: "Lo esperamos a las 10:00." } as const;

Deno.test("WhatsApp carries a notification through its own queue, and its ticks are seen in the history", async () => {
  await using line = await openLine();
  line.graph.statuses(STATUS_PLANS.read);
  await talkWithAna(line);
  const { id } = await sendNotification(line.ctx, { ...order, recipient: ANA.phone });
  await line.settle();
  assert.equal(line.graph.ledger.received.at(-1)?.text, "*Su visita*\nLo esperamos a las 10:00.");
  await drainConsumers(line.h.system, consumers);
  const read = await getDelivery(line.inside, id);
  assert.deepEqual([read.state, read.provider, read.recipient], ["read", "whatsapp", `+${ANA.phone}`]);
  assert.match(read.external_id ?? "", /^msg_/);
  const before = line.graph.ledger.received.length;
  await line.settle();
  assert.equal(line.graph.ledger.received.length, before);
});

Deno.test("two jobs of one delivery pass it on to WhatsApp once", async () => {
  await using line = await openLine();
  await talkWithAna(line);
  const { id } = await sendNotification(line.ctx, { ...order, recipient: ANA.phone });
  const before = line.graph.ledger.received.length;
  await line.inside.transact((tx) => enqueue(tx, deliver, { deliveryIds: [id] }));
  const jobs = await claim(line.h.system, { lane: "default", limit: 10, worker: "test" });
  const registry = createRegistry(notificationHandlers);
  const { signal } = new AbortController();
  await Promise.all(jobs.map((job) => execute(line.h.system, { job, registry, signal })));
  await line.settle();
  assert.equal(line.graph.ledger.received.length, before + 1);
});

Deno.test("a customer whose window is closed is not written to, and the delivery says so", async () => {
  await using line = await openLine();
  const { id } = await sendNotification(line.ctx, { ...order, recipient: "+525599999999" });
  await line.settle();
  const failed = await getDelivery(line.inside, id);
  assert.deepEqual([failed.state, failed.state_reason], ["failed", "window_closed"]);
  assert.equal(line.graph.ledger.received.length, 0);
});

Deno.test("without a number WhatsApp is not configured", async () => {
  await using desk = await openDesk();
  await assert.rejects(
    sendNotification(desk.ctx, { ...order, recipient: ANA.phone }),
    (thrown) => thrown instanceof AppError && thrown.code === "not_configured",
  );
});
