import assert from "node:assert/strict";
import { contactIdentities } from "../../db/schema/conversations.ts";
import { type Desk, deskOf } from "../support/desk.ts";
import { harness } from "../support/harness.ts";

async function made(desk: Desk, path: string, body: Record<string, unknown>) {
  const { status, body: answer } = await desk.call("POST", path, body);
  assert.ok(status < 300, `${path} ${status} ${JSON.stringify(answer)}`);
  return answer;
}

const talk = async (desk: Desk, external_id: string) =>
  (await made(desk, "/api/conversations", { contact: { external_id }, text: "Hola" })).conversation_id;

const policy = (desk: Desk, name: string, more: Record<string, unknown> = {}) =>
  made(desk, "/api/sla-policies", { name, targets: { resolution: { normal: 60 } }, ...more });

Deno.test("a ticket's client follows who asks, and its promises the client, unless others were chosen for it", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const [plain, gold] = [await policy(desk, "Todos", { default: true }), await policy(desk, "Oro")];
  const aurora = await made(desk, "/api/clients", { name: "Aurora", sla_policy_id: gold.id });
  const espiga = await made(desk, "/api/clients", { name: "La Espiga" });
  const eva = await made(desk, `/api/clients/${aurora.id}/contacts`, { email: "eva@aurora.example" });
  const put = async (id: string, body: Record<string, unknown>) => {
    const { status, body: ticket } = await desk.put(id, body);
    assert.equal(status, 200, JSON.stringify(ticket));
    return [ticket.client_id, ticket.sla_policy_id];
  };
  const { id, sla_policy_id } = await desk.open();
  assert.equal(sla_policy_id, plain.id);
  assert.deepEqual(await put(id, { contact_id: eva.id }), [aurora.id, gold.id]);
  assert.deepEqual(await put(id, { client_id: espiga.id }), [espiga.id, plain.id]);
  assert.deepEqual(await put(id, { contact_id: null }), [espiga.id, plain.id], "who was named stays");
  assert.deepEqual(await put(id, { client_id: aurora.id, sla_policy_id: plain.id }), [aurora.id, plain.id]);
  const chosen = await desk.open({ sla_policy_id: gold.id });
  assert.deepEqual(await put(chosen.id, { client_id: espiga.id }), [espiga.id, gold.id]);
  const bad = await desk.put(id, { client_id: "cli_nowhere" });
  assert.deepEqual([bad.status, bad.body.errors[0].path], [422, "client_id"]);
});

Deno.test("a category whose team was removed opens tickets for anybody, and can be renamed", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const ana = await desk.operator("Ana");
  const team = await made(desk, "/api/teams", { name: "Gas" });
  const category = await made(desk, "/api/ticket-categories", { name: "Fugas", team_id: team.id });
  assert.equal((await desk.call("DELETE", `/api/teams/${team.id}`)).status, 204);
  const ticket = await desk.open({ category_id: category.id });
  assert.deepEqual([ticket.team_id, ticket.assignee_id], [null, ana.id]);
  const path = `/api/ticket-categories/${category.id}`;
  assert.equal((await desk.call("PUT", path, { name: "Fugas de gas" })).status, 200);
  assert.equal((await desk.call("PUT", path, { team_id: team.id })).status, 422);
});

Deno.test("a merge takes the links along, and the conversation that the other ticket can't have", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const [one, other] = [await talk(desk, "a"), await talk(desk, "b")];
  const source = await desk.open({ conversation_id: one });
  const target = await desk.open({ conversation_id: other });
  const call = await made(desk, "/api/calls", {
    direction: "in",
    started_at: "2026-01-05T15:00:00Z",
    duration_s: 5,
    ticket_id: source.id,
  });
  await made(desk, `/api/tickets/${source.id}/links`, { kind: "ticket", id: target.id });
  await made(desk, `/api/tickets/${source.id}/merge`, { into: target.id });
  const { body } = await desk.call("GET", `/api/tickets/${target.id}/links`);
  const links = body.data.map(({ kind, id }: Record<string, string>) => `${kind} ${id}`).sort();
  assert.deepEqual(links, [`call ${call.id}`, `conversation ${one}`, `ticket ${source.id}`]);
});

Deno.test("a public comment after the conversation was closed goes by mail to who has an address, else is refused", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const comment = async (external_id: string, email: string | null) => {
    const id = await talk(desk, external_id);
    const ticket = await desk.open({ conversation_id: id });
    const { contact_id: contactId } = ticket;
    const { workspaceId } = desk.person;
    const identity = {
      id: `cid_${external_id}`,
      workspaceId,
      contactId,
      kind: "email" as const,
      value: email ?? "",
      createdAt: h.clock.now(),
    };
    if (email !== null) await h.system.db.insert(contactIdentities).values(identity);
    await made(desk, `/api/conversations/${id}/close`, {});
    return await desk.call("POST", `/api/tickets/${ticket.id}/comments`, {
      text: "Ya quedó",
      visibility: "public",
    });
  };
  assert.equal((await comment("a", null)).status, 409);
  const told = await comment("b", "eva@espiga.example");
  assert.deepEqual([told.status, told.body.message_id], [201, null], JSON.stringify(told.body));
  await desk.settle();
  const { body } = await desk.call("GET", "/api/advanced/notifications/history?channel=email");
  assert.deepEqual(body.data.map(({ recipient }: { recipient: string }) => recipient), [
    "eva@espiga.example",
  ]);
});

Deno.test("a field of several choices holds each of them once, and a date that there is", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const fields = [
    { key: "zonas", label: "Zonas", type: "multi_select", options: ["norte", "sur"] },
    { key: "fecha", label: "Fecha", type: "date" },
  ];
  await desk.call("PUT", "/api/ticket-settings", { fields });
  const ticket = await desk.open({ fields: { zonas: ["sur", "norte", "sur"], fecha: "2028-02-29" } });
  assert.deepEqual(ticket.fields, { zonas: ["sur", "norte"], fecha: "2028-02-29" });
  const bad = await desk.put(ticket.id, { fields: { fecha: "2026-02-31" } });
  assert.deepEqual(bad.body.errors, [{ path: "fields.fecha", message: "must be a day such as 2026-12-25" }]);
});

Deno.test("every change of a ticket is refused under a version that it does not have, and then nothing of it is done", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const { id } = await desk.open();
  const other = await desk.open();
  const macro = await made(desk, "/api/ticket-macros", {
    name: "Sube",
    actions: [{ type: "set_priority", priority: "urgent" }],
  });
  const path = `/api/tickets/${id}`;
  const comment = await made(desk, `${path}/comments`, { text: "Visto" });
  const file = () => {
    const form = new FormData();
    form.set("file", new File(["hola"], "nota.txt"));
    return form;
  };
  const changes: readonly (readonly [string, string, () => unknown])[] = [
    ["PUT", path, () => ({ subject: "Otro" })],
    ["POST", `${path}/comments`, () => ({ text: "Hola" })],
    ["POST", `${path}/attachments`, file],
    ["POST", `${path}/assign`, () => undefined],
    ["POST", `${path}/macro`, () => ({ macro_id: macro.id })],
    ["POST", `${path}/split`, () => ({ subject: "Aparte", comment_ids: [comment.id] })],
    ["POST", `${path}/merge`, () => ({ into: other.id })],
  ];
  const all = async () => [await desk.ticket(id), (await desk.call("GET", `${path}/comments`)).body];
  for (const [method, where, body] of changes) {
    const before = await all();
    const late = await desk.call(method, where, body(), { "if-match": '"99"' });
    assert.deepEqual([late.status, late.body.version], [412, before[0].version], where);
    assert.deepEqual(await all(), before, where);
    const right = await desk.call(method, where, body(), { "if-match": `"${before[0].version}"` });
    assert.ok(right.status < 300, `${where} ${JSON.stringify(right.body)}`);
  }
  assert.equal((await desk.call("GET", "/api/tickets")).body.data.length, 3);
});
