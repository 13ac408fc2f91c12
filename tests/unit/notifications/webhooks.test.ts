import assert from "node:assert/strict";
import { listAudit } from "../../../lib/audit/mod.ts";
import { createGuardedFetch } from "../../../lib/adapters/fetch/guarded.ts";
import { drainConsumers } from "../../../lib/consumers/mod.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { DAY, HOUR } from "../../../lib/kernel/clock.ts";
import {
  changeEndpoint,
  createEndpoint,
  getEndpoint,
  listCalls,
  sendNotification,
} from "../../../lib/notifications/mod.ts";
import { consumers } from "../../../workers/consumers.ts";
import { openDesk } from "./world.ts";
import { accept, happen, openHooks, settle, verified } from "./hooks.ts";

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
