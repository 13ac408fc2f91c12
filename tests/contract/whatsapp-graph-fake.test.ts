import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import type { OutgoingContent } from "../../lib/ports/whatsapp.ts";
import { failsWith, GRAPH_SECRETS, INBOUND_TYPES, STATUS_PLANS } from "../support/fakes/graph.ts";
import { ANA, failureOf, wired } from "../support/whatsapp.ts";

const HELLO = { type: "text", text: "Hola" } as const;

/** Collects what is posted; answers what it is told to. */
function inbox(statuses: number[] = []) {
  // deno-lint-ignore no-explicit-any -- bodies are read as Meta sends them
  const bodies: any[] = [];
  const sink = (body: Uint8Array, headers: Record<string, string>) => {
    const expected = createHmac("sha256", GRAPH_SECRETS.appSecret).update(body).digest("hex");
    assert.equal(headers["x-hub-signature-256"], `sha256=${expected}`);
    const status = statuses.shift() ?? 200;
    if (status === 200) bodies.push(JSON.parse(new TextDecoder().decode(body)));
    return Promise.resolve(status);
  };
  const changes = () =>
    bodies.flatMap(({ entry }) => entry.flatMap((one: { changes: unknown[] }) => one.changes));
  return { sink, bodies, changes };
}

Deno.test("the fake refuses what Meta refuses: token, version, number, window, template", async () => {
  await using w = await wired();
  const { graph } = w;
  const refusal = async (
    account: Partial<typeof graph.account>,
    content: Parameters<typeof w.send>[0] = HELLO,
  ) =>
    (await failureOf(w.port.send({ ...graph.account, ...account }, { to: { phone: ANA }, content }, {
      callbackData: "m",
    }))).graph_code;
  assert.equal(await refusal({ accessToken: "EAAwrong" }), 190);
  assert.equal(await refusal({ phoneNumberId: "42" }), 100);
  const stranger = "5215500000000";
  assert.equal((await failureOf(w.send(HELLO, stranger))).class, "window_closed");
  const template = { type: "template", name: "recall", language: "es_MX" } as const;
  assert.equal((await failureOf(w.send(template, stranger))).graph_code, 132001);
  const recall = graph.addTemplate({ name: "recall", components: [{ type: "BODY", text: "Hola {{1}}" }] });
  assert.equal((await failureOf(w.send(template, stranger))).graph_code, 132000);
  recall.status = "PAUSED";
  const filled: OutgoingContent = {
    ...template,
    components: [{ type: "body", parameters: [{ type: "text", text: "Luz" }] }],
  };
  assert.equal((await failureOf(w.send(filled, stranger))).graph_code, 132015);
  assert.equal((await failureOf(w.send({ type: "image", media: { id: "404" } }))).graph_code, 100);
  assert.deepEqual(graph.ledger.received, []);
});

Deno.test("the fake closes a window 24 hours after the customer's last message", async () => {
  let now = Date.UTC(2026, 0, 5);
  await using w = await wired({ now: () => now });
  await w.send(HELLO);
  now += 24 * 3600_000;
  assert.equal((await failureOf(w.send(HELLO))).graph_code, 131047);
  w.graph.customer({ phone: ANA }).says("Sigo aquí");
  await w.send(HELLO);
});

Deno.test("the fake can tell of a closed window by a status, as Meta may", async () => {
  await using w = await wired({ closedWindow: "status" });
  const { sink, changes } = inbox();
  w.graph.webhooks.to(sink);
  await w.send(HELLO, "5215500000000");
  await w.graph.webhooks.flush();
  const [{ value: { statuses: [status] } }] = changes();
  assert.deepEqual([status.status, status.errors[0].code], ["failed", 131047]);
  assert.deepEqual(w.graph.ledger.received, []);
});

Deno.test("statuses carry our id, are signed, and come in the order of their plan", async () => {
  await using w = await wired();
  const { sink, changes } = inbox();
  w.graph.webhooks.to(sink);
  const seen: Record<string, string[]> = {};
  for (const [name, plan] of Object.entries(STATUS_PLANS)) {
    w.graph.statuses(plan);
    const before = changes().length;
    const { messageId } = await w.send(HELLO);
    await w.graph.webhooks.flush();
    const statuses = changes().slice(before).map(({ value }) => value.statuses[0]);
    assert.ok(statuses.every((one) => one.id === messageId && one.biz_opaque_callback_data === "msg_1"));
    seen[name] = statuses.map(({ status }) => status);
  }
  assert.deepEqual(seen, {
    usual: ["sent", "delivered"],
    read: ["sent", "delivered", "read"],
    readOnly: ["sent", "read"],
    reversed: ["read", "delivered", "sent"],
    doubled: ["sent", "sent", "delivered", "delivered", "read", "read"],
    sentOnly: ["sent"],
    never: [],
  });
});

Deno.test("a message that fails by a status never reached the customer", async () => {
  await using w = await wired();
  w.graph.statuses(failsWith(131026));
  await w.send(HELLO);
  assert.deepEqual(w.graph.ledger.received, []);
  assert.equal(w.graph.webhooks.queue.length, 1);
});

Deno.test("a lost answer still brings its statuses: the way to learn of an unknown outcome", async () => {
  await using w = await wired();
  w.graph.next({ do: "close", delivered: true });
  await failureOf(w.send(HELLO));
  assert.deepEqual(w.graph.ledger.of(ANA).map(({ lost }) => lost), [true]);
  const { sink, changes } = inbox();
  w.graph.webhooks.to(sink);
  await w.graph.webhooks.flush();
  assert.deepEqual(changes().map(({ value }) => value.statuses[0].biz_opaque_callback_data), [
    "msg_1",
    "msg_1",
  ]);
});

Deno.test("webhooks that are not answered 200 are sent again, by hand and by themselves", async () => {
  await using w = await wired();
  const { sink, changes } = inbox([500, 200, 503, 200, 200]);
  w.graph.webhooks.to(sink);
  w.graph.customer({ phone: ANA }).says("uno");
  assert.equal(await w.graph.webhooks.flush(), 0);
  assert.equal(await w.graph.webhooks.flush(), 1);
  w.graph.webhooks.to(sink, { auto: true });
  w.graph.customer({ phone: ANA }).says("dos");
  while (changes().length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(changes().map(({ value }) => value.messages[0].text.body), ["uno", "dos"]);
});

Deno.test("customers can send every type, with and without a phone, several in one body", async () => {
  await using w = await wired();
  const { sink, bodies, changes } = inbox();
  w.graph.webhooks.to(sink);
  const shy = w.graph.customer({ userId: "MX.99", username: "luz", name: "Luz" });
  const wamids = INBOUND_TYPES.map((type) => shy.sends(type));
  await w.graph.webhooks.flush({ batch: 100 });
  assert.equal(bodies.length, 1);
  const values = changes().map(({ value }) => value);
  assert.deepEqual(values.map(({ messages: [message] }) => message.id), wamids);
  assert.equal(new Set(wamids).size, INBOUND_TYPES.length);
  assert.ok(
    values.every(({ messages: [message] }) => message.from === undefined && message.from_user_id === "MX.99"),
  );
  assert.deepEqual(values[0].contacts, [{ profile: { name: "Luz", username: "luz" }, user_id: "MX.99" }]);
});

Deno.test("the ledger tells what is missing, doubled and unexpected", async () => {
  await using w = await wired();
  for (const text of ["a", "b", "b"]) await w.send({ type: "text", text });
  assert.deepEqual(w.graph.ledger.compare(new Map([[ANA, ["a", "c"]]])), {
    missing: [`${ANA}: c`],
    doubled: [`${ANA}: b`],
    unexpected: [`${ANA}: b`],
  });
});

Deno.test("the fake holds the pace of a pair and of a number when told to", async () => {
  let now = 0;
  await using w = await wired({ now: () => now, pace: { perPair: 2, pairWindowMs: 6000, perNumber: 3 } });
  for (const phone of ["5215500000001", "5215500000002"]) w.graph.customer({ phone }).says("Hola");
  await w.send(HELLO);
  await w.send(HELLO);
  assert.equal((await failureOf(w.send(HELLO))).class, "rate_limited_pair");
  await w.send(HELLO, "5215500000001");
  assert.equal((await failureOf(w.send(HELLO, "5215500000002"))).class, "rate_limited_number");
  now += 6000;
  await w.send(HELLO);
});
