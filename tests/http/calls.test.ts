import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import fc from "fast-check";
import { callSettings } from "../../db/schema/calls.ts";
import { events } from "../../db/schema/log.ts";
import { callTools, tellMissed } from "../../lib/calls/mod.ts";
import { DAY, MINUTE } from "../../lib/kernel/clock.ts";
import { tellCall } from "../support/call-hook.ts";
import { harness } from "../support/harness.ts";
import { caller, paths } from "./caller.ts";

const START = "2026-01-05T15:00:00.000Z";
const later = (seconds: number) => new Date(Date.parse(START) + seconds * 1000).toISOString();

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

Deno.test("a call of a year that means nothing, or of next week, is refused by name, by the hook, the API and an import", async () => {
  await using h = await harness();
  const call = caller(h, await h.person());
  const { body: secret } = await call("POST", "/api/calls/settings/secret");
  const week = new Date(h.clock.now() + 7 * DAY).toISOString();
  for (const at of ["0000-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59Z", week]) {
    const event = { call_id: `c-${at}`, event: "ringing", direction: "in", from: "+528112345678", at };
    const hook = await tellCall(h, secret, event);
    assert.deepEqual([hook.status, paths(hook.body)], [422, ["at"]], at);
    const logged = await call("POST", "/api/calls", { direction: "in", started_at: at });
    assert.deepEqual([logged.status, paths(logged.body)], [422, ["started_at"]], at);
  }
  const file = "direction,started_at\nin,9999-12-31T23:59:59Z\nin,2026-01-05T10:00:00Z\n";
  const report = (await call("POST", "/api/calls/import", { csv: file })).body;
  assert.deepEqual(
    [report.created, report.failed, report.errors[0]?.line],
    [1, 1, 2],
    JSON.stringify(report),
  );
  const twice = (await call("POST", "/api/calls", { direction: "in", started_at: "ayer" })).body;
  assert.equal(twice.errors.length, 1, "what is no time is not also of a wrong year");
  const late = await call("POST", "/api/visits", { subject: "x", starts_at: "9999-01-01T00:00:00Z" });
  assert.deepEqual([late.status, paths(late.body)], [422, ["starts_at"]]);
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

const CSV = [
  "sentido;telefono;fecha;duracion;agente;notas",
  "entrante;+52 81 1234 5678;2026-01-05 09:00;1:35;ana@aurora.example;ok",
  "perdida;+52 81 1234 5678;2026-01-05T15:30:00Z;;;",
  "hacia arriba;x;2026-01-05 09:00;5;;",
  "saliente;+1 212 555 0100;2026-02-31 09:00;cinco;;",
  "saliente;+1 212 555 0100;2026-01-05 10:00;5;nadie@x.example;",
].join("\n");

Deno.test("an import of calls reads a business's own clock and words, reports bad lines, and doubles nothing", async () => {
  await using h = await harness();
  const call = caller(h, await h.person());
  await call("PUT", "/api/business/config", { timezone: "America/Monterrey" });
  const { body: ana } = await call("POST", "/api/operators", { name: "Ana", email: "ana@aurora.example" });
  const first = await call("POST", "/api/calls/import", { csv: CSV });
  assert.equal(first.status, 200, JSON.stringify(first.body));
  const { errors, ...counts } = first.body;
  assert.deepEqual(counts, { created: 2, updated: 0, failed: 3, ignored_columns: [] });
  assert.deepEqual(errors.map(({ line, column }: Record<string, unknown>) => [line, column]), [
    [4, "sentido"],
    [5, "fecha"],
    [5, "duracion"],
    [6, "operator"],
  ]);
  const { data } = (await call("GET", "/api/calls")).body;
  assert.deepEqual(
    data.map((
      one: Record<string, unknown>,
    ) => [one["state"], one["started_at"], one["duration_s"], one["operator_id"]]),
    [["missed", "2026-01-05T15:30:00.000Z", 0, null], ["completed", START, 95, ana.id]],
  );
  await call("PUT", `/api/calls/${data[0].id}`, { outcome: "Se devolvió" });
  const again = (await call("POST", "/api/calls/import", { csv: CSV })).body;
  assert.equal(
    (await call("GET", `/api/calls/${data[0].id}`)).body.outcome,
    "Se devolvió",
    "what people added stays",
  );
  assert.deepEqual([again.created, again.updated], [0, 2]);
  assert.equal((await call("POST", "/api/calls/import", { csv: "a,b\n1,2" })).status, 422);
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
