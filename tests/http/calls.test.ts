import assert from "node:assert/strict";
import { callTools } from "../../lib/calls/mod.ts";
import { harness } from "../support/harness.ts";
import { caller, paths } from "./caller.ts";
import { later, START } from "./calls-world.ts";

Deno.test("a logged call finds client and contact by the number, and is found by them", async () => {
  await using h = await harness();
  const call = caller(h, await h.person());
  await call("PUT", "/api/calls/settings", { country: "52" });
  const { body: client } = await call("POST", "/api/clients", { name: "La Espiga", phone: "81 1234 5678" });
  const { body: company } = await call("POST", "/api/clients", { name: "Taller" });
  const { body: eva } = await call("POST", `/api/clients/${company.id}/contacts`, {
    phone: "+5215512345678",
  });
  const { body: ana } = await call("POST", "/api/operators", { name: "Ana" });
  const first = await call("POST", "/api/v1/calls", {
    direction: "in",
    phone: "8112345678",
    line: "101",
    started_at: START,
    answered_at: later(8),
    ended_at: later(103),
    operator_id: ana.id,
  });
  assert.equal(first.status, 201, JSON.stringify(first.body));
  const { phone, state, wait_s, duration_s, client_id, contact_id, line } = first.body;
  assert.deepEqual([phone, state, wait_s, duration_s, client_id, contact_id, line], [
    "+528112345678",
    "completed",
    8,
    95,
    client.id,
    null,
    "101",
  ]);
  const second = await call("POST", "/api/calls", {
    direction: "out",
    phone: "+52 55 1234 5678",
    started_at: START,
    duration_s: 0,
  });
  assert.deepEqual([second.body.state, second.body.contact_id, second.body.client_id], [
    "unanswered",
    eva.id,
    company.id,
  ]);
  const ids = async (query: string) =>
    (await call("GET", `/api/calls?${query}`)).body.data.map(({ id }: { id: string }) => id);
  assert.deepEqual(await ids(`client_id=${client.id}`), [first.body.id]);
  assert.deepEqual(await ids(`contact_id=${eva.id}`), [second.body.id]);
  assert.deepEqual(await ids(`operator_id=${ana.id}&direction=in&state=completed`), [first.body.id]);
  assert.deepEqual(await ids("phone=5215512345678"), [second.body.id], "with the mark of a mobile");
  assert.deepEqual(await ids("phone=%2B525512345678"), [second.body.id]);
  assert.deepEqual(await ids(`from=${later(1)}`), []);
  assert.equal((await ids(`from=${START}&to=${later(1)}`)).length, 2);
  const page = (await call("GET", "/api/calls?limit=1")).body;
  assert.equal((await ids(`limit=1&cursor=${page.next_cursor}`)).length, 1);
  const { body: ticket } = await call("POST", "/api/tickets", { subject: "Factura" });
  const changed = await call("PUT", `/api/calls/${first.body.id}`, {
    ticket_id: ticket.id,
    outcome: "Factura",
  });
  assert.deepEqual([changed.body.ticket_id, changed.body.outcome], [ticket.id, "Factura"]);
  assert.deepEqual(await ids(`ticket_id=${ticket.id}`), [first.body.id]);
});

Deno.test("a call that is told of again keeps the times that are left out", async () => {
  await using h = await harness();
  const call = caller(h, await h.person());
  const told = { external_id: "pbx-1", direction: "in", started_at: START };
  await call("POST", "/api/calls", { ...told, answered_at: later(8), ended_at: later(103) });
  const { body } = await call("POST", "/api/calls", { ...told, outcome: "Pidió factura" });
  assert.deepEqual([body.state, body.wait_s, body.duration_s, body.outcome], [
    "completed",
    8,
    95,
    "Pidió factura",
  ]);
});

Deno.test("bad calls are refused with every wrong field named; ids of elsewhere too", async () => {
  await using h = await harness();
  const call = caller(h, await h.person());
  const bad = await call("POST", "/api/calls", {
    direction: "up",
    started_at: "2026-02-31T10:00:00Z",
    duration_s: -1,
    recording_url: "javascript:alert(1)",
  });
  assert.deepEqual([bad.status, paths(bad.body)], [422, [
    "direction",
    "duration_s",
    "recording_url",
    "started_at",
  ]]);
  const order = await call("POST", "/api/calls", {
    direction: "in",
    started_at: START,
    answered_at: later(-1),
    ended_at: later(-2),
    duration_s: 5,
  });
  assert.deepEqual(paths(order.body), ["answered_at", "duration_s", "ended_at"]);
  for (const field of ["operator_id", "client_id", "contact_id", "ticket_id"]) {
    const refused = await call("POST", "/api/calls", {
      direction: "in",
      started_at: START,
      [field]: "xxx_1",
    });
    assert.deepEqual([refused.status, paths(refused.body)], [422, [field]]);
  }
});

Deno.test("erasing a contact keeps that there were calls and forgets the number and what was said; merged clients share theirs", async () => {
  await using h = await harness();
  const person = await h.person();
  const call = caller(h, person);
  const { body: one } = await call("POST", "/api/clients", { name: "Uno" });
  const { body: two } = await call("POST", "/api/clients", { name: "Dos" });
  const { body: eva } = await call("POST", `/api/clients/${one.id}/contacts`, { phone: "+34600111222" });
  const { body: made } = await call("POST", "/api/calls", {
    direction: "in",
    phone: "+34600111222",
    started_at: START,
    duration_s: 60,
    notes: "secreto",
  });
  assert.equal((await call("GET", `/api/contacts/${eva.id}/export`)).body.calls[0].notes, "secreto");
  await call("PUT", `/api/clients/${one.id}`, { kind: "person", notes: "secreto" });
  await call("PUT", `/api/clients/${two.id}`, { kind: "person" });
  await call("POST", `/api/clients/${two.id}/merge`, { duplicate_id: one.id });
  const { callHandlers } = await import("../../workers/handlers/calls.ts");
  const merged = callHandlers.find(({ name }) => name === "clients.merged");
  const inside = h.system.as({ workspaceId: person.workspaceId });
  // deno-lint-ignore no-explicit-any -- a handler of this job asks for nothing that only a running job has
  await merged?.run(inside as any, { from: one.id, into: two.id });
  assert.equal((await call("GET", `/api/calls?client_id=${two.id}`)).body.data.length, 1);
  await call("DELETE", `/api/contacts/${eva.id}`);
  const after = (await call("GET", `/api/calls/${made.id}`)).body;
  assert.deepEqual([after.phone, after.notes, after.duration_s], [null, null, 60]);
  const { rows } = await h.ports.database.client.execute("select * from clients");
  assert.doesNotMatch(JSON.stringify(rows), /secreto/, "nor in the client that was merged into theirs");
});

Deno.test("the tools of calls do what the routes do and keep to the output that they declare", async () => {
  await using h = await harness();
  const { ctx } = await h.person();
  const use = async (name: string, input: unknown) => {
    const tool = callTools.find((one) => one.name === name);
    assert.ok(tool, name);
    const answer = await tool.call(ctx, input);
    assert.deepEqual(tool.output.parse(answer), answer);
    return JSON.parse(JSON.stringify(answer));
  };
  const { id } = await use("calls.log", { direction: "in", started_at: START, duration_s: 0 });
  await use("calls.change", { id, notes: "x" });
  assert.equal((await use("calls.show", { id })).notes, "x");
  assert.equal((await use("calls.list", { state: "missed" })).data.length, 1);
});
