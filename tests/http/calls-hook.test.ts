import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import fc from "fast-check";
import { callSettings } from "../../db/schema/calls.ts";
import { events } from "../../db/schema/log.ts";
import { tellMissed } from "../../lib/calls/mod.ts";
import { MINUTE } from "../../lib/kernel/clock.ts";
import { tellCall } from "../support/call-hook.ts";
import { harness } from "../support/harness.ts";
import { caller, paths } from "./caller.ts";
import { later, START } from "./calls-world.ts";

const EVENTS = [
  { event: "ringing", at: START },
  { event: "answered", at: later(8) },
  { event: "ended", at: later(103), outcome: "Resuelta", recording_url: "https://pbx.example/1.mp3" },
].map((event) => ({
  call_id: "pbx-1",
  direction: "in",
  from: "+528112345678",
  to: "101",
  operator: "ana@aurora.example",
  ...event,
}));

Deno.test("a telephony system's events make one call, the same in whatever order and however often they come", async () => {
  await using h = await harness();
  const person = await h.person();
  const call = caller(h, person);
  const { body: secret } = await call("POST", "/api/calls/settings/secret");
  const { body: ana } = await call("POST", "/api/operators", { name: "Ana", email: "ana@aurora.example" });
  let round = 0;
  const order = fc.shuffledSubarray([0, 1, 2, 0, 1, 2].map((at, i) => [at, i] as const), { minLength: 6 });
  await fc.assert(
    fc.asyncProperty(order, async (sequence) => {
      const call_id = `pbx-${++round}`;
      for (const [at] of sequence) {
        const { status, body } = await tellCall(h, secret, { ...EVENTS[at], call_id });
        assert.equal(status, 204, JSON.stringify(body));
      }
      const { data } = (await call("GET", "/api/calls?limit=200")).body;
      const mine = data.filter((one: Record<string, string>) => one["external_id"] === call_id);
      assert.equal(mine.length, 1);
      const { state, started_at, wait_s, duration_s, operator_id, outcome, recording_url } = mine[0];
      assert.deepEqual([state, started_at, wait_s, duration_s, operator_id, outcome, recording_url], [
        "completed",
        START,
        8,
        95,
        ana.id,
        "Resuelta",
        "https://pbx.example/1.mp3",
      ]);
    }),
    { numRuns: 12 },
  );
});

Deno.test("a telephony system names an operator by the extension or the number, however that is written", async () => {
  await using h = await harness();
  const call = caller(h, await h.person());
  const { body: secret } = await call("POST", "/api/calls/settings/secret");
  const written = { ana: "101", eva: "+34.911.000.102" };
  const asked = { ana: "101", eva: "+34911000102" };
  for (const name of ["ana", "eva"] as const) {
    const made = await call("POST", "/api/operators", { name, phone: written[name] });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const event = { ...EVENTS[0], call_id: `pbx-${name}`, operator: asked[name] };
    assert.equal((await tellCall(h, secret, event)).status, 204);
    const { body } = await call("GET", `/api/calls?operator_id=${made.body.id}`);
    assert.deepEqual(body.data.map(({ external_id }: Record<string, string>) => external_id), [
      `pbx-${name}`,
    ]);
  }
  for (const phone of ["-----", "12", "ext"]) {
    assert.deepEqual(paths((await call("POST", "/api/operators", { name: "Luis", phone })).body), ["phone"]);
  }
  assert.deepEqual(paths((await call("POST", "/api/clients", { name: "Bar", phone: "(---)" })).body), [
    "phone",
  ]);
});

Deno.test("only what the workspace's secret signed a moment ago is taken in", async () => {
  await using h = await harness();
  const person = await h.person();
  const call = caller(h, person);
  const { body: secret } = await call("POST", "/api/calls/settings/secret");
  const other = caller(h, await h.person());
  const { body: theirs } = await other("POST", "/api/calls/settings/secret");
  const [ringing] = EVENTS;
  const now = Math.floor(h.clock.now() / 1000);
  const body = JSON.stringify(ringing);
  const wrong = [
    await tellCall(h, { ...secret, secret: theirs.secret }, ringing),
    await tellCall(h, { ...secret, hook_key: theirs.hook_key }, ringing),
    await tellCall(h, secret, ringing, { key: "nobody" }),
    await tellCall(h, secret, ringing, { body: `${body} ` }),
    await tellCall(h, secret, ringing, { signature: "" }),
    await tellCall(h, secret, ringing, { signature: `sha256=${"0".repeat(64)}` }),
    await tellCall(h, secret, ringing, { timestamp: now - 301 }),
    await tellCall(h, secret, ringing, { timestamp: now + 301 }),
    await h.request("POST", "/api/hooks/calls", { body }),
  ];
  for (const [at, { status, body }] of wrong.entries()) {
    assert.deepEqual([status, body.code], [401, "bad_signature"], String(at));
  }
  assert.deepEqual((await call("GET", "/api/calls")).body.data, []);
  assert.equal((await tellCall(h, secret, "{")).status, 400);
  const bad = await tellCall(h, secret, { call_id: "x", event: "sung", at: "2026-02-31T00:00:00Z" });
  assert.deepEqual([bad.status, paths(bad.body)], [422, ["at", "direction", "event"]]);
  assert.equal((await tellCall(h, secret, `"${"a".repeat(70_000)}"`)).status, 413);
  assert.equal((await tellCall(h, secret, ringing, { timestamp: now - 299 })).status, 204);
  h.clock.advance(6 * MINUTE);
  assert.equal((await tellCall(h, secret, ringing, { timestamp: now })).status, 401, "a replay");
  const renewed = (await call("POST", "/api/calls/settings/secret")).body;
  assert.equal((await tellCall(h, secret, ringing)).status, 401, "the old secret");
  assert.equal((await tellCall(h, renewed, ringing)).status, 204);
  const [row] = await h.system.db.select().from(callSettings).where(
    eq(callSettings.workspaceId, person.workspaceId),
  );
  assert.ok(!row?.hookSecret?.includes(renewed.secret));
  assert.ok(!JSON.stringify((await call("GET", "/api/calls/settings")).body).includes(renewed.secret));
});

Deno.test("wrong signatures from one address have a limit; right ones have none", async () => {
  await using h = await harness({ env: { RATE_LIMIT_ADDRESS: "5" } });
  const call = caller(h, await h.person());
  const { body: secret } = await call("POST", "/api/calls/settings/secret");
  for (let at = 0; at < 60; at++) {
    assert.equal((await tellCall(h, secret, "{}", { signature: "" })).status, 401);
  }
  assert.equal((await tellCall(h, secret, "{}", { signature: "" })).status, 429);
  assert.equal((await tellCall(h, secret, EVENTS[0])).status, 204);
});

Deno.test("a missed call is told once, opens one ticket where wanted, and not when the answer was only late", async () => {
  await using h = await harness();
  const person = await h.person();
  const call = caller(h, person);
  await call("PUT", "/api/calls/settings", { ticket_on_missed: true });
  const { body: secret } = await call("POST", "/api/calls/settings/secret");
  const tell = async (at: number, call_id: string) => {
    await tellCall(h, secret, { ...EVENTS[at], call_id, operator: null });
    return (await call("GET", "/api/calls")).body.data.find((one: Record<string, string>) =>
      one["external_id"] === call_id
    );
  };
  const missed = await tell(2, "pbx-missed");
  assert.equal(missed.state, "missed");
  const inside = h.system.as({ workspaceId: person.workspaceId });
  await tellMissed(inside, { callId: missed.id });
  await tellMissed(inside, { callId: missed.id });
  const { data: tickets } = (await call("GET", "/api/tickets")).body;
  assert.equal(tickets.length, 1);
  assert.match(tickets[0].subject, /\+528112345678/);
  assert.equal((await call("GET", `/api/calls/${missed.id}`)).body.ticket_id, tickets[0].id);
  const late = await tell(2, "pbx-late");
  await tell(1, "pbx-late");
  await tellMissed(inside, { callId: late.id });
  assert.equal((await call("GET", "/api/tickets")).body.data.length, 1);
  const told = await h.system.db.select().from(events).where(eq(events.type, "call.missed"));
  assert.deepEqual(told.map(({ subjectId }) => subjectId), [missed.id]);
});

Deno.test("a missed call is told and opens its ticket also when who called was erased or removed since", async () => {
  await using h = await harness();
  const person = await h.person();
  const call = caller(h, person);
  await call("PUT", "/api/calls/settings", { ticket_on_missed: true });
  const { body: company } = await call("POST", "/api/clients", { name: "Taller" });
  const { body: eva } = await call("POST", `/api/clients/${company.id}/contacts`, {
    phone: "+5215512345678",
  });
  const missed = async (started_at: string) =>
    (await call("POST", "/api/calls", {
      direction: "in",
      phone: "+5215512345678",
      started_at,
      ended_at: later(20),
    })).body;
  const [first, second] = [await missed(START), await missed(later(10))];
  assert.deepEqual([first.state, first.contact_id, first.client_id], ["missed", eva.id, company.id]);
  const inside = h.system.as({ workspaceId: person.workspaceId });
  assert.equal((await call("DELETE", `/api/clients/${company.id}`)).status, 204);
  await tellMissed(inside, { callId: first.id });
  assert.equal((await call("DELETE", `/api/contacts/${eva.id}`)).status, 200);
  await tellMissed(inside, { callId: second.id });
  const { data } = (await call("GET", "/api/tickets")).body;
  assert.deepEqual(
    data.map(({ contact_id, client_id }: Record<string, string | null>) => [contact_id, client_id]),
    [[null, null], [eva.id, null]],
  );
});
