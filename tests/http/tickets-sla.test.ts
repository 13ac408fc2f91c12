import assert from "node:assert/strict";
import { MINUTE } from "../../lib/kernel/clock.ts";
import { slaHandlers } from "../../workers/handlers/sla.ts";
import { type Harness, harness, type Person } from "../support/harness.ts";
import { work } from "../unit/conversations/talk.ts";

const TARGETS = {
  first_response: { normal: 60, urgent: 10 },
  next_response: { normal: 30 },
  resolution: { normal: 480, urgent: 120 },
};

async function openDesk(h: Harness, { token }: Person) {
  const send = async (method: string, path: string, body?: unknown) => {
    const answer = await h.request(method, path, { token, body });
    assert.ok(answer.status < 300, `${method} ${path} ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const policy = await send("POST", "/api/sla-policies", {
    name: "Oro",
    counts: "wall",
    default: true,
    targets: TARGETS,
  });
  const { id } = await send("POST", "/api/tickets", { subject: "El aire no enfría" });
  const path = `/api/tickets/${id}`;
  const states = async () => {
    const { sla, due_at } = await send("GET", path);
    return {
      due: due_at === null ? null : (Date.parse(due_at) - START) / MINUTE,
      clocks: sla.map(({ clock, state }: Record<string, string>) => `${clock} ${state}`),
    };
  };
  const pass = async (minutes: number) => {
    h.clock.advance(minutes * MINUTE);
    await work(h, slaHandlers);
  };
  return { policy, path, send, states, pass };
}

const START = Date.UTC(2026, 0, 5, 16, 0, 0);

Deno.test("a ticket shows when it is due, and an answer, a wait, a resolution and a reopening move its promises", async () => {
  await using h = await harness();
  const { path, send, states, pass } = await openDesk(h, await h.person());
  assert.deepEqual(await states(), { due: 60, clocks: ["first_response running", "resolution running"] });
  await pass(20);
  await send("POST", `${path}/comments`, { text: "Nota", visibility: "private" });
  assert.equal((await states()).due, 60, "a private note is no answer");
  await send("POST", `${path}/comments`, { text: "Va en camino", visibility: "public" });
  assert.deepEqual(await states(), { due: 480, clocks: ["first_response met", "resolution running"] });
  await send("PUT", path, { state: "pending_customer" });
  await pass(100);
  assert.deepEqual(await states(), { due: null, clocks: ["first_response met", "resolution paused"] });
  await send("PUT", path, { state: "open" });
  assert.equal((await states()).due, 580);
  await pass(60);
  await send("PUT", path, { state: "resolved" });
  assert.deepEqual(await states(), { due: null, clocks: ["first_response met", "resolution met"] });
  await pass(500);
  await send("PUT", path, { state: "open" });
  assert.deepEqual(await states(), { due: 1080, clocks: ["first_response met", "resolution running"] });
});

Deno.test("a higher priority and another policy move the due time, and a policy of nowhere is refused", async () => {
  await using h = await harness();
  const person = await h.person();
  const { path, send, states, pass } = await openDesk(h, person);
  await pass(15);
  await send("PUT", path, { priority: "urgent" });
  assert.deepEqual(await states(), { due: 15, clocks: ["first_response breached", "resolution running"] });
  const silver = await send("POST", "/api/sla-policies", {
    name: "Plata",
    counts: "wall",
    targets: { resolution: { urgent: 600 } },
  });
  await send("PUT", path, { sla_policy_id: silver.id });
  const { due, clocks } = await states();
  assert.deepEqual([due, clocks], [600, ["resolution running"]]);
  const bad = await h.request("PUT", path, { token: person.token, body: { sla_policy_id: "sla_nowhere" } });
  assert.deepEqual([bad.status, bad.body.errors[0].path], [422, "sla_policy_id"]);
});

Deno.test("a closed ticket owes nothing more", async () => {
  await using h = await harness();
  const { path, send, states, pass } = await openDesk(h, await h.person());
  await send("PUT", path, { state: "closed" });
  await pass(1000);
  assert.deepEqual(await states(), { due: null, clocks: ["first_response stopped", "resolution stopped"] });
});

Deno.test("what is done is promised nothing by another policy or priority, and goes on by them when it is opened again", async () => {
  await using h = await harness();
  const { path, send, states, pass } = await openDesk(h, await h.person());
  await send("POST", `${path}/comments`, { text: "Va en camino", visibility: "public" });
  await pass(30);
  const done = { due: null, clocks: ["first_response met", "resolution met"] };
  await send("PUT", path, { state: "resolved" });
  await send("PUT", path, { priority: "urgent" });
  assert.deepEqual(await states(), done);
  await pass(10);
  await send("PUT", path, { state: "open" });
  assert.deepEqual(await states(), { due: 130, clocks: ["first_response met", "resolution running"] });
  const silver = await send("POST", "/api/sla-policies", {
    name: "Plata",
    counts: "wall",
    targets: { first_response: { urgent: 60 }, resolution: { urgent: 600, high: 300 } },
  });
  await send("PUT", path, { state: "resolved" });
  await send("PUT", path, { sla_policy_id: silver.id });
  assert.deepEqual(await states(), done);
  await pass(60);
  await send("PUT", path, { state: "open", priority: "high" });
  assert.deepEqual(await states(), { due: 370, clocks: ["first_response met", "resolution running"] });
});

Deno.test("a policy that comes later promises no response that was given, and counts no time while the customer has the word", async () => {
  await using h = await harness();
  const { policy, send } = await openDesk(h, await h.person());
  await send("PATCH", `/api/sla-policies/${policy.id}`, { default: false });
  const { id } = await send("POST", "/api/tickets", { subject: "La puerta no cierra" });
  const path = `/api/tickets/${id}`;
  await send("POST", `${path}/comments`, { text: "¿Qué modelo es?", visibility: "public" });
  await send("PUT", path, { state: "pending_customer" });
  const clocks = async () =>
    (await send("GET", path)).sla.map(({ clock, state }: Record<string, string>) => `${clock} ${state}`);
  assert.equal((await send("PUT", path, { sla_policy_id: policy.id })).due_at, null);
  assert.deepEqual(await clocks(), ["resolution paused"]);
  h.clock.advance(60 * MINUTE);
  const { due_at } = await send("PUT", path, { state: "open" });
  assert.equal(Date.parse(due_at), h.clock.now() + 480 * MINUTE);
  await send("PUT", path, { sla_policy_id: null });
  await send("PUT", path, { state: "resolved" });
  assert.equal((await send("PUT", path, { state: "open" })).due_at, null);
  assert.deepEqual(await clocks(), ["resolution stopped"]);
});

Deno.test("a ticket that gets its policy once it is done is promised by it from when it is opened again", async () => {
  await using h = await harness();
  const { policy, send } = await openDesk(h, await h.person());
  await send("PATCH", `/api/sla-policies/${policy.id}`, { default: false });
  const { id } = await send("POST", "/api/tickets", { subject: "La puerta no cierra" });
  const path = `/api/tickets/${id}`;
  await send("PUT", path, { state: "resolved" });
  const { sla_policy_id, due_at } = await send("PUT", path, { sla_policy_id: policy.id });
  assert.deepEqual([sla_policy_id, due_at], [policy.id, null]);
  assert.deepEqual((await send("GET", path)).sla, []);
  h.clock.advance(60 * MINUTE);
  const opened = await send("PUT", path, { state: "open" });
  assert.equal(Date.parse(opened.due_at), h.clock.now() + 60 * MINUTE);
});
