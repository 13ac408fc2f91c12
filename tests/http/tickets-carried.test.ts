import assert from "node:assert/strict";
import { DAY, MINUTE } from "../../lib/kernel/clock.ts";
import { type Harness, harness } from "../support/harness.ts";
import { type Desk, deskOf } from "../support/desk.ts";
import { openShop, type Shop, work } from "../unit/conversations/talk.ts";
import { handlers } from "../../workers/registry.ts";

async function shopDesk(h: Harness): Promise<[Shop, Desk]> {
  const shop = await openShop(h);
  return [shop, deskOf(h, shop)];
}

const textsOf = (body: { data: { text: string }[] }) => body.data.map(({ text }) => text);

Deno.test("a customer's word after the days begins a new ticket, also where the old one was for somebody else", async () => {
  await using h = await harness();
  const [shop, desk] = await shopDesk(h);
  const { conversationId } = await shop.say("Se rompió la caldera");
  const other = await desk.open({ contact: { email: "otra@example.com" } });
  const ticket = await desk.open({ conversation_id: conversationId });
  await desk.put(ticket.id, { contact_id: other.contact_id });
  await desk.call("PUT", "/api/ticket-settings", { close_after_days: 0 });
  await desk.put(ticket.id, { state: "resolved" });
  h.clock.advance(20 * DAY);
  await shop.say("Ahora es la bomba");
  await desk.settle();
  const { body } = await desk.call("GET", `/api/tickets?conversation_id=${conversationId}`);
  assert.deepEqual([body.data[0].follows_id, body.data[0].contact_id], [ticket.id, ticket.contact_id]);
});

Deno.test("a ticket is split also when its category, its team and the fields of the desk are gone since", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const field = { key: "modelo", label: "Modelo", type: "text" };
  await desk.call("PUT", "/api/ticket-settings", { fields: [field] });
  const { body: category } = await desk.call("POST", "/api/ticket-categories", { name: "Garantía" });
  const { body: team } = await desk.call("POST", "/api/teams", { name: "Taller" });
  const { body: client } = await desk.call("POST", "/api/clients", { name: "La Espiga" });
  const source = await desk.open({
    category_id: category.id,
    team_id: team.id,
    client_id: client.id,
    fields: { modelo: "AC-12" },
  });
  const { body: comment } = await desk.call("POST", `/api/tickets/${source.id}/comments`, { text: "uno" });
  assert.equal((await desk.call("DELETE", `/api/ticket-categories/${category.id}`)).status, 204);
  assert.equal((await desk.call("DELETE", `/api/teams/${team.id}`)).status, 204);
  await desk.call("PUT", "/api/ticket-settings", { fields: [{ ...field, key: "serie", required: true }] });
  const split = await desk.call("POST", `/api/tickets/${source.id}/split`, {
    subject: "Otra cosa",
    comment_ids: [comment.id],
  });
  assert.equal(split.status, 201, JSON.stringify(split.body));
  const { category_id, team_id, client_id, fields } = split.body;
  assert.deepEqual([category_id, team_id, client_id, fields], [null, null, client.id, { modelo: "AC-12" }]);
});

Deno.test("a ticket that is resolved twice in a few minutes is asked about once", async () => {
  await using h = await harness();
  const [shop, desk] = await shopDesk(h);
  const { conversationId } = await shop.say("Hola");
  const ticket = await desk.open({ conversation_id: conversationId });
  for (const state of ["resolved", "open", "resolved"]) await desk.put(ticket.id, { state });
  h.clock.advance(11 * MINUTE);
  await desk.settle();
  const { body } = await desk.call("GET", `/api/conversations/${conversationId}/messages`);
  assert.equal(textsOf(body).filter((text) => text.includes("/api/surveys/")).length, 1);
});

Deno.test("erasing a contact reaches what went into another customer's ticket by a merge, and nothing of the other's", async () => {
  await using h = await harness();
  const [shop, desk] = await shopDesk(h);
  const { conversationId } = await shop.say("Hola");
  const own = await desk.open({ conversation_id: conversationId });
  const target = await desk.open({ contact: { email: "otra@example.com", name: "Otra" } });
  const comment = (id: string, text: string) => desk.call("POST", `/api/tickets/${id}/comments`, { text });
  await comment(own.id, "Luisa Secreta llamó");
  await comment(target.id, "La otra llamó");
  assert.equal((await desk.call("POST", `/api/tickets/${own.id}/merge`, { into: target.id })).status, 200);
  await shop.say("Habla Secreta");
  await desk.settle();
  const path = `/api/tickets/${target.id}/comments`;
  assert.deepEqual(textsOf((await desk.call("GET", path)).body).toSorted(), [
    "Habla Secreta",
    "La otra llamó",
    "Luisa Secreta llamó",
  ]);
  const { body: exported } = await desk.call("GET", `/api/contacts/${own.contact_id}/export`);
  assert.deepEqual(textsOf({ data: exported.ticket_comments_elsewhere }).toSorted(), [
    "Habla Secreta",
    "Luisa Secreta llamó",
  ]);
  assert.equal((await desk.call("DELETE", `/api/contacts/${own.contact_id}`)).status, 200);
  await work(h, handlers);
  for (const table of ["tickets", "ticket_comments", "ticket_history", "events", "notification_deliveries"]) {
    const { rows } = await h.ports.database.client.execute(`select * from ${table}`);
    assert.doesNotMatch(JSON.stringify(rows), /secreta/i, table);
  }
  assert.deepEqual((await desk.call("GET", "/api/tickets?q=secreta")).body.data, []);
  assert.equal((await desk.call("GET", "/api/tickets?q=llamó")).body.data[0].id, target.id);
  assert.ok(textsOf((await desk.call("GET", path)).body).includes("La otra llamó"));
});
