import assert from "node:assert/strict";
import { drainConsumers } from "../../../lib/consumers/mod.ts";
import { enqueue } from "../../../lib/jobs/mod.ts";
import { deliver } from "../../../lib/notifications/jobs.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { DAY, HOUR, MINUTE } from "../../../lib/kernel/clock.ts";
import {
  changeEndpoint,
  createEndpoint,
  getEndpoint,
  listCalls,
  listInbox,
  replayCalls,
} from "../../../lib/notifications/mod.ts";
import { consumers } from "../../../workers/consumers.ts";
import { startReceiver } from "../../support/fakes/receiver.ts";
import { type Desk } from "./world.ts";
import { accept, happen, openHooks, settle } from "./hooks.ts";

Deno.test("a call that fails is made eight times over a day under one id, then the endpoint is disabled", async () => {
  await using desk = await openHooks();
  await using server = accept();
  const { id } = await createEndpoint(desk.ctx, { url: server.origin, types: ["ticket.*"] });
  server.always({ do: "answer", status: 500 });
  const failing = startedAt(desk);
  await happen(desk, "ticket.opened");
  const waits: number[] = [];
  for (let tries = 1; tries <= 8; tries++) {
    await settle(desk);
    const [call] = (await listCalls(desk.ctx, { id, limit: 1 })).data;
    assert.equal(call?.attempts, tries);
    if (call?.next_try_at === null) break;
    waits.push(Date.parse(call?.next_try_at ?? "") - desk.h.clock.now());
    desk.h.clock.set(Date.parse(call?.next_try_at ?? ""));
  }
  assert.equal(waits.length, 7);
  assert.ok(desk.h.clock.now() - failing > DAY && desk.h.clock.now() - failing < 2 * DAY);
  const [over] = (await listCalls(desk.ctx, { id, limit: 1 })).data;
  assert.equal(over?.state, "failed");
  const endpoint = await getEndpoint(desk.ctx, id);
  assert.deepEqual([endpoint.enabled, endpoint.disabled_reason, endpoint.failures], [false, "failing", 8]);
  await settle(desk);
  const [notice] = (await listInbox(desk.ctx, { limit: 10 })).data;
  assert.match(notice?.subject ?? "", /127\.0\.0\.1/);
  assert.match(desk.h.ports.mail.sent[0]?.subject ?? "", /webhook/);
  await assert.rejects(
    replayCalls(desk.ctx, { id }),
    (thrown) => thrown instanceof AppError && thrown.code === "conflict",
  );
  await happen(desk, "ticket.closed");
  await settle(desk);
  const [missed] = (await listCalls(desk.ctx, { id, limit: 1 })).data;
  assert.deepEqual([missed?.subject, missed?.state, missed?.state_reason], [
    "ticket.closed",
    "skipped",
    "endpoint_disabled",
  ]);
  server.always(null);
  await changeEndpoint(desk.ctx, { id, enabled: true });
  assert.deepEqual(await replayCalls(desk.ctx, { id }), { replayed: 2, more: false });
  await settle(desk);
  assert.deepEqual(
    server.requests.map(({ text }) => JSON.parse(text).type).sort(),
    ["ticket.closed", "ticket.opened"],
    "what happened while it was disabled is told as well",
  );
  assert.equal((await listCalls(desk.ctx, { id, limit: 1 })).data[0]?.state, "delivered");
  assert.equal((await getEndpoint(desk.ctx, id)).failures, 0);
});

function startedAt(desk: Desk): number {
  return desk.h.clock.now();
}

Deno.test("a call whose secret can't be read any more fails, takes none with it, and is replayed when it can", async () => {
  await using desk = await openHooks();
  await using server = accept();
  const [sealed, sound] = [
    await createEndpoint(desk.ctx, { url: `${server.origin}/sealed`, types: ["ticket.*"] }),
    await createEndpoint(desk.ctx, { url: `${server.origin}/sound`, types: ["ticket.*"] }),
  ];
  await happen(desk, "ticket.opened");
  await drainConsumers(desk.h.system, consumers);
  const ids: string[] = [];
  for (const { id } of [sealed, sound]) {
    ids.push(...(await listCalls(desk.ctx, { id, limit: 5 })).data.map(({ id }) => id));
  }
  const { secrets } = desk.h.ports;
  const { open } = secrets;
  secrets.open = (text, context) =>
    context === sealed.id
      ? Promise.reject(
        new AppError("internal", "A stored secret was sealed by another key", { retryable: false }),
      )
      : open.call(secrets, text, context);
  await desk.inside.transact((tx) => enqueue(tx, deliver, { deliveryIds: ids }, { priority: 0 }));
  await desk.settle();
  const states = async () =>
    await Promise.all(ids.map(async (id) => {
      const { state, state_reason } = await desk.delivery(id);
      return [state, state_reason];
    }));
  assert.deepEqual(await states(), [["failed", "internal"], ["delivered", null]]);
  secrets.open = open;
  assert.deepEqual(await replayCalls(desk.ctx, { id: sealed.id }), { replayed: 1, more: false });
  await desk.settle();
  assert.deepEqual(await states(), [["delivered", null], ["delivered", null]]);
});

Deno.test("a call without an answer is made again under its id; a redirect is not followed; 410 disables at once", async () => {
  await using desk = await openHooks();
  await using server = accept();
  await using elsewhere = accept();
  const { id } = await createEndpoint(desk.ctx, { url: server.origin, types: ["ticket.*"] });
  server.next({ do: "drop" });
  await happen(desk, "ticket.opened");
  await settle(desk);
  desk.h.clock.advance(MINUTE);
  await settle(desk);
  const ids = server.requests.map(({ headers }) => headers.get("webhook-id"));
  assert.deepEqual([ids.length, new Set(ids).size], [2, 1]);
  server.next({ do: "answer", status: 302, headers: { location: elsewhere.origin } });
  await happen(desk, "ticket.opened");
  await settle(desk);
  assert.equal(elsewhere.requests.length, 0);
  assert.equal((await listCalls(desk.ctx, { id, limit: 1 })).data[0]?.state, "pending");
  server.next({ do: "answer", status: 410 });
  await happen(desk, "ticket.closed");
  await settle(desk);
  assert.equal((await getEndpoint(desk.ctx, id)).disabled_reason, "gone");
  desk.h.clock.advance(HOUR);
  await settle(desk);
  const states = (await listCalls(desk.ctx, { id, limit: 3 })).data.map(({ state_reason }) => state_reason);
  assert.deepEqual(states, ["gone (410)", "endpoint_disabled", null]);
});

Deno.test("an endpoint that takes a call and answers with a long page has taken it", async () => {
  await using desk = await openHooks();
  await using server = startReceiver({
    check: () => null,
    usual: () => new Response("x".repeat(2 * 1024 * 1024)),
  });
  const { id } = await createEndpoint(desk.ctx, { url: server.origin, types: ["ticket.*"] });
  await happen(desk, "ticket.opened");
  await settle(desk);
  desk.h.clock.advance(DAY);
  await settle(desk);
  assert.equal((await listCalls(desk.ctx, { id, limit: 1 })).data[0]?.state, "delivered");
  assert.equal(server.requests.length, 1);
});

Deno.test("an endpoint that asks to wait for years is called again within a day", async () => {
  await using desk = await openHooks();
  await using server = accept();
  const { id } = await createEndpoint(desk.ctx, { url: server.origin, types: ["ticket.*"] });
  server.next({ do: "answer", status: 429, headers: { "retry-after": "999999999" } });
  await happen(desk, "ticket.opened");
  await settle(desk);
  desk.h.clock.advance(DAY);
  await settle(desk);
  assert.equal((await listCalls(desk.ctx, { id, limit: 1 })).data[0]?.state, "delivered");
});
