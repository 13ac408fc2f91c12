import assert from "node:assert/strict";
import { TOOLS } from "../../../lib/tools/mod.ts";
import { converse } from "../../../lib/watson/mod.ts";
import { harness, type Person } from "../../support/harness.ts";

type Answer = Record<string, unknown>;

/** Calls a tool, and holds its answer to the output that it declares. */
function caller({ ctx }: Person) {
  return async (name: string, input: Answer = {}): Promise<Answer> => {
    const tool = TOOLS.find((one) => one.name === name);
    assert.ok(tool, name);
    return tool.output.parse(await tool.call(ctx, input)) as Answer;
  };
}

const idOf = ({ id }: Answer) => String(id);
const rowsOf = ({ data }: Answer) => data as Answer[];

Deno.test("what belongs to a ticket is read and changed by tools: history, links, watchers, macros", async () => {
  await using h = await harness();
  const person = await h.person();
  const call = caller(person);
  const [a, b] = [await call("tickets.open", { subject: "A" }), await call("tickets.open", { subject: "B" })];
  const ticket_id = idOf(a);
  await call("tickets.link", { ticket_id, kind: "ticket", id: idOf(b) });
  assert.deepEqual(rowsOf(await call("tickets.links", { ticket_id })).map(idOf), [idOf(b)]);
  await call("tickets.unlink", { ticket_id: idOf(b), id: ticket_id });
  assert.deepEqual(rowsOf(await call("tickets.links", { ticket_id })), []);
  assert.deepEqual((await call("tickets.watch", { ticket_id })).user_ids, [person.userId]);
  assert.deepEqual((await call("tickets.watchers", { ticket_id })).user_ids, [person.userId]);
  assert.deepEqual((await call("tickets.unwatch", { ticket_id })).user_ids, []);
  const macro = await call("ticket_macros.create", { name: "Urge", actions: [{ type: "raise_priority" }] });
  assert.equal((await call("tickets.macro", { ticket_id, macro_id: idOf(macro) })).priority, "high");
  const history = rowsOf(await call("tickets.history", { ticket_id }));
  assert.deepEqual(history.map(({ action }) => action), ["updated", "opened"]);
});

Deno.test("what a desk prepares, its settings and its teams are kept by tools", async () => {
  await using h = await harness();
  const call = caller(await h.person());
  const prepared = {
    ticket_categories: { name: "Frío" },
    canned_replies: { name: "Saludo", text: "Hola" },
    ticket_macros: { name: "Urge", actions: [{ type: "raise_priority" }] },
    ticket_views: { name: "Vivos", filter: { state: "live" } },
  };
  for (const [noun, given] of Object.entries(prepared)) {
    const made = await call(`${noun}.create`, given);
    assert.equal((await call(`${noun}.change`, { id: made.id, name: "Otro" })).name, "Otro");
    assert.deepEqual(rowsOf(await call(`${noun}.list`, { q: "otr" })).map(idOf), [idOf(made)]);
    await call(`${noun}.remove`, { id: made.id });
    assert.deepEqual(rowsOf(await call(`${noun}.list`)), []);
  }
  await call("ticket_settings.change", { reopen_days: 3 });
  assert.equal((await call("ticket_settings.show")).reopen_days, 3);
  await call("call_settings.change", { country: "52" });
  assert.equal((await call("call_settings.show")).country, "52");
  await call("client_settings.change", { contract_warning_days: 30 });
  assert.equal((await call("client_settings.show")).contract_warning_days, 30);
  const team = await call("teams.create", { name: "Gas" });
  await call("teams.change", { id: team.id, skills: ["gas"] });
  assert.deepEqual((await call("teams.show", { id: team.id })).skills, ["gas"]);
  await call("teams.remove", { id: team.id });
  assert.deepEqual(rowsOf(await call("teams.list")), []);
});

Deno.test("clients, sites, calls, calendars, policies and rules are kept to their end by tools", async () => {
  await using h = await harness();
  const call = caller(await h.person());
  const { created, failed } = await call("clients.import", { csv: "external_id,name\na,Aurora\nb,\n" });
  assert.deepEqual([created, failed], [1, 1]);
  const [client] = rowsOf(await call("clients.find"));
  const id = String(client?.["id"]);
  const contact = await call("clients.link", { id, email: "eva@aurora.example" });
  assert.deepEqual(rowsOf(await call("clients.contacts", { id })).map(idOf), [idOf(contact)]);
  await call("clients.unlink", { id, contact_id: contact.id });
  const site = await call("sites.create", { id, name: "Centro", address: "Av. Juárez 101" });
  assert.equal((await call("sites.change", { id: site.id, name: "Norte" })).name, "Norte");
  await call("sites.remove", { id: site.id });
  await call("clients.remove", { id });
  assert.deepEqual(rowsOf(await call("clients.find")), []);
  const csv = "direction,started_at\nin,2026-01-05T15:00:00Z\n";
  assert.equal((await call("calls.import", { csv })).created, 1);
  const calendar = await call("calendars.create", { name: "Noche", timezone: "UTC", hours: null });
  assert.equal((await call("calendars.change", { id: calendar.id, name: "Siempre" })).name, "Siempre");
  await call("calendars.remove", { id: calendar.id });
  const policy = await call("sla_policies.create", { name: "Oro", targets: { resolution: { normal: 60 } } });
  await call("sla_policies.remove", { id: policy.id });
  assert.deepEqual(rowsOf(await call("sla_policies.list")), []);
  const rule = { when: { event: "ticket.opened" }, actions: [{ type: "raise_priority" }] };
  const [first, second] = [
    await call("rules.create", { name: "1", ...rule }),
    await call("rules.create", { name: "2", ...rule }),
  ];
  const ordered = await call("rules.order", { rule_ids: [second.id, first.id] });
  assert.deepEqual(rowsOf(ordered).map(({ name }) => name), ["2", "1"]);
  await call("rules.remove", { id: first.id });
  assert.deepEqual(rowsOf(await call("rules.list")).map(({ name }) => name), ["2"]);
});

Deno.test("talks with Watson are read by tools, and its classifier is taught and untaught by them", async () => {
  await using h = await harness();
  const person = await h.person();
  const call = caller(person);
  const text = "Que se dé una vuelta el ingeniero";
  const made = await call("watson_examples.add", { intent: "schedule_visit", text: `  ${text} ` });
  assert.deepEqual(rowsOf(await call("watson_examples.list")).map(({ text }) => text), [text]);
  await assert.rejects(call("watson_examples.add", { intent: "schedule_visit", text }), /an example already/);
  await converse(person.ctx, { sessionId: "s1", text });
  await converse(person.ctx, { sessionId: "s1", text: "cancela" });
  await converse(person.ctx, { sessionId: "s2", text: "La impresora no funciona y es urgente" });
  const [second, first] = rowsOf(await call("watson.sessions"));
  assert.deepEqual([second?.["session_id"], first?.["session_id"], first?.["turns"]], ["s2", "s1", 2]);
  const turns = rowsOf(await call("watson.activities", { session: first?.["id"] }));
  assert.deepEqual(turns.map(({ intent, outcome }) => [intent, outcome]), [
    ["schedule_visit", "asked"],
    ["cancel", "answered"],
  ]);
  const latest = await call("watson.activities", { limit: 1 });
  assert.deepEqual(rowsOf(latest).map(({ action }) => action), ["create_ticket"]);
  assert.equal(rowsOf(await call("watson.activities", { cursor: latest.next_cursor })).length, 2);
  assert.equal((await call("watson.status")).sessions, 2);
  assert.equal(Array.isArray((await call("watson.test")).checks), true);
  assert.deepEqual(await call("watson_examples.remove", { id: made.id }), { id: made.id, removed: true });
  assert.deepEqual(rowsOf(await call("watson_examples.list")), []);
});
