import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { listAudit } from "../../../lib/audit/mod.ts";
import { createGuardedFetch } from "../../../lib/adapters/fetch/guarded.ts";
import { drainConsumers } from "../../../lib/consumers/mod.ts";
import { enqueue } from "../../../lib/jobs/mod.ts";
import { deliver } from "../../../lib/notifications/jobs.ts";
import { emit } from "../../../lib/events/mod.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { DAY, HOUR, MINUTE } from "../../../lib/kernel/clock.ts";
import {
  changeEndpoint,
  createEndpoint,
  getEndpoint,
  listCalls,
  listInbox,
  replayCalls,
  rotateEndpointSecret,
  sendNotification,
  testEndpoint,
} from "../../../lib/notifications/mod.ts";
import { signingSecrets } from "../../../lib/conversations/mod.ts";
import { consumers } from "../../../workers/consumers.ts";
import { type Receiver, startReceiver } from "../../support/fakes/receiver.ts";
import { type Desk, openDesk } from "./world.ts";

const accept = (): Receiver =>
  startReceiver({ check: () => null, usual: () => new Response(null, { status: 204 }) });

async function openHooks(): Promise<Desk> {
  const desk = await openDesk({ ports: { fetch: createGuardedFetch({ allowLoopbackForTests: true }) } });
  desk.h.clock.set(Date.now()); // the receiver's library compares with the real time
  return desk;
}

const happen = (desk: Desk, type: string, data: Record<string, unknown> = {}) =>
  desk.inside.transact((tx) => emit(tx, { type, subjectId: "tkt_1", data }));

/** Hands events to consumers and works until nothing is due. */
async function settle(desk: Desk): Promise<void> {
  do await drainConsumers(desk.h.system, consumers); while ((await desk.settle()).length > 0);
}

function verified(secret: string, { headers, text }: Receiver["requests"][number]): unknown {
  return new Webhook(secret).verify(text, Object.fromEntries(headers));
}

Deno.test("an endpoint is told of the events that it listens to, signed, each once", async () => {
  await using desk = await openHooks();
  await using server = accept();
  await happen(desk, "ticket.opened", { before: true });
  desk.h.clock.advance(1);
  const { secret, id } = await createEndpoint(desk.ctx, {
    url: `${server.origin}/hook`,
    types: ["ticket.*"],
  });
  await happen(desk, "ticket.opened", { number: 7 });
  await happen(desk, "tickets.opened");
  await happen(desk, "conversation.opened");
  await happen(desk, "ticket.closed");
  await settle(desk);
  await settle(desk);
  assert.deepEqual(
    server.requests.map(({ text }) => JSON.parse(text).type).sort(),
    ["ticket.closed", "ticket.opened"],
  );
  const opened = server.requests.find(({ text }) => text.includes("ticket.opened"));
  assert.ok(opened !== undefined);
  assert.deepEqual(verified(secret, opened), {
    type: "ticket.opened",
    timestamp: new Date(desk.h.clock.now()).toISOString(),
    data: { number: 7, subject_id: "tkt_1", conversation_id: null },
  });
  assert.match(opened.headers.get("webhook-id") ?? "", /^evt_\d+$/);
  assert.throws(() => verified(`whsec_${btoa("x".repeat(32))}`, opened));
  assert.ok(!JSON.stringify(await getEndpoint(desk.ctx, id)).includes(secret));
  assert.deepEqual((await listCalls(desk.ctx, { id, limit: 10 })).data.map(({ state }) => state), [
    "delivered",
    "delivered",
  ]);
});

Deno.test("an endpoint listens to everything and is never called about its own calls", async () => {
  await using desk = await openHooks();
  await using server = accept();
  await createEndpoint(desk.ctx, { url: server.origin, types: ["*"] });
  await happen(desk, "ticket.opened");
  for (let turn = 0; turn < 5; turn++) await settle(desk);
  const types = server.requests.map(({ text }) => JSON.parse(text).type).sort();
  assert.deepEqual(types, ["ticket.opened", "webhook.endpoint_created"]);
});

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

Deno.test("an endpoint that a person disabled, or that failed a month ago, gathers nothing", async () => {
  await using desk = await openHooks();
  await using server = accept();
  const { id } = await createEndpoint(desk.ctx, { url: server.origin, types: ["ticket.*"] });
  await changeEndpoint(desk.ctx, { id, enabled: false });
  await happen(desk, "ticket.opened");
  await settle(desk);
  assert.equal((await listCalls(desk.ctx, { id, limit: 5 })).data.length, 0);
  await changeEndpoint(desk.ctx, { id, enabled: true });
  server.always({ do: "answer", status: 500 });
  await happen(desk, "ticket.opened");
  do {
    await settle(desk);
    desk.h.clock.advance(11 * HOUR);
  } while ((await getEndpoint(desk.ctx, id)).enabled);
  desk.h.clock.advance(31 * DAY);
  await happen(desk, "ticket.closed");
  await settle(desk);
  assert.equal((await listCalls(desk.ctx, { id, limit: 5 })).data.length, 1);
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

Deno.test("while a secret is rotated out both sign, afterwards the new one alone", async () => {
  await using desk = await openHooks();
  await using server = accept();
  const first = await createEndpoint(desk.ctx, { url: server.origin, types: ["ticket.*"] });
  const second = await rotateEndpointSecret(desk.ctx, { id: first.id, graceHours: 1 });
  await testEndpoint(desk.ctx, first.id);
  await settle(desk);
  const [both] = server.requests;
  assert.ok(both !== undefined);
  verified(first.secret, both);
  verified(second.secret, both);
  await rotateEndpointSecret(desk.ctx, { id: first.id, graceHours: 0 });
  await testEndpoint(desk.ctx, first.id);
  await settle(desk);
  assert.equal(server.requests[1]?.headers.get("webhook-signature")?.split(" ").length, 1);
});

Deno.test("words to an address that is no endpoint are signed with the workspace's secret", async () => {
  await using desk = await openHooks();
  await using server = accept();
  await sendNotification(desk.ctx, {
    channel: "webhook",
    recipient: `${server.origin}/x`,
    subject: "Aviso",
    message: "Hola",
  });
  await settle(desk);
  const [secret = ""] = await signingSecrets(desk.inside);
  const [got] = server.requests;
  assert.ok(got !== undefined);
  const { type, data } = verified(secret, got) as { type: string; data: unknown };
  assert.deepEqual([type, data], ["notification", { subject: "Aviso", message: "Hola" }]);
});

Deno.test("an address that is not public is refused when it is saved, and when its name turns to one", async () => {
  let address = "93.184.216.34";
  const fetch = createGuardedFetch({ resolve: () => Promise.resolve([address]) });
  await using desk = await openDesk({ ports: { fetch } });
  const refused = (thrown: unknown) => thrown instanceof AppError && thrown.code === "validation_failed";
  for (
    const url of [
      "http://127.0.0.1/",
      "http://[::1]/",
      "http://10.0.0.7/",
      "http://169.254.169.254/latest/meta-data/",
      "http://2130706433/",
      "http://user:pass@example.com/",
      "ftp://example.com/",
      "not an address",
    ]
  ) {
    await assert.rejects(createEndpoint(desk.ctx, { url, types: ["*"] }), refused, url);
  }
  const { id } = await createEndpoint(desk.ctx, { url: "http://rebind.example:1/", types: ["ticket.*"] });
  await assert.rejects(changeEndpoint(desk.ctx, { id, url: "http://192.168.1.1/" }), refused);
  address = "10.0.0.7";
  await happen(desk, "ticket.opened");
  await drainConsumers(desk.h.system, consumers);
  await desk.settle();
  const [call] = (await listCalls(desk.ctx, { id, limit: 1 })).data;
  assert.deepEqual([call?.state, call?.state_reason], ["failed", "forbidden_address"]);
  await assert.rejects(
    sendNotification(desk.ctx, { channel: "webhook", recipient: "http://10.0.0.1/x", message: "Hola" }),
    (thrown) => refused(thrown) && (thrown as AppError).errors[0]?.path === "recipient",
  );
});

Deno.test("the audit log names an endpoint by its host: the whole address may be its only secret", async () => {
  await using desk = await openDesk();
  const url = "https://hooks.example/catch/s3cr3t-path";
  const { id } = await createEndpoint(desk.ctx, { url, types: ["*"] });
  await changeEndpoint(desk.ctx, { id, url: `${url}-2`, description: "ERP" });
  const { data } = await listAudit(desk.ctx, { limit: 10, subjectId: id });
  assert.doesNotMatch(JSON.stringify(data), /s3cr3t/);
  assert.deepEqual(data.map(({ detail }) => detail), [
    { fields: ["url", "description"], host: "hooks.example" },
    { host: "hooks.example", types: ["*"] },
  ]);
});
