import assert from "node:assert/strict";
import { drainConsumers } from "../../lib/consumers/mod.ts";
import { systemActor } from "../../lib/kernel/actors.ts";
import { DAY, MINUTE } from "../../lib/kernel/clock.ts";
import { findTicket, hearCustomer, openTicket, ticketConsumer } from "../../lib/tickets/mod.ts";
import { handlers } from "../../workers/registry.ts";
import { harness } from "../support/harness.ts";
import { deskOf } from "../support/desk.ts";
import { openShop, work } from "../unit/conversations/talk.ts";

Deno.test("a contact's ticket is its client's, under the promises of the client's contract", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const desk = deskOf(h, shop);
  const policy = async (name: string, minutes: number) =>
    (await desk.call("POST", "/api/sla-policies", {
      name,
      counts: "wall",
      targets: { first_response: { normal: minutes } },
      default: name === "Base",
    })).body.id;
  await policy("Base", 600);
  const gold = await policy("Oro", 15);
  const { body: client } = await desk.call("POST", "/api/clients", {
    kind: "company",
    name: "Aurora",
    sla_policy_id: gold,
  });
  const { conversationId } = await shop.say("Hola");
  const plain = await desk.open({ conversation_id: conversationId });
  assert.equal(plain.client_id, null);
  const linked = await desk.call("POST", `/api/clients/${client.id}/contacts`, {
    contact_id: plain.contact_id,
  });
  assert.ok(linked.status < 300, JSON.stringify(linked.body));
  const ticket = await desk.open({ contact_id: plain.contact_id });
  assert.deepEqual([ticket.client_id, ticket.sla_policy_id], [client.id, gold]);
  assert.equal(ticket.due_at, new Date(h.clock.now() + 15 * MINUTE).toISOString());
  const { body } = await desk.call("GET", `/api/tickets?client_id=${client.id}`);
  assert.deepEqual(body.data.map(({ id }: { id: string }) => id), [ticket.id]);
  await desk.call("DELETE", `/api/sla-policies/${gold}`);
  const after = await desk.open({ contact_id: plain.contact_id });
  assert.equal(after.state, "new", "a policy that is gone stops nobody");
});

Deno.test("a public comment on a ticket without a conversation goes by mail, in the thread of the ticket", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const desk = deskOf(h, shop);
  await shop.say("Hola", {
    contact: { identities: [{ kind: "email", value: "luz@example.com" }], name: "Luz" },
  });
  const { body: contacts } = await desk.call("GET", "/api/contacts?q=luz");
  const ticket = await desk.open({ contact_id: contacts.data[0].id, subject: "Factura" });
  const said = await desk.call("POST", `/api/tickets/${ticket.id}/comments`, {
    text: "Se la enviamos hoy",
    visibility: "public",
  });
  assert.equal(said.status, 201);
  await desk.call("POST", `/api/tickets/${ticket.id}/comments`, { text: "nota interna" });
  await drainConsumers(h.system, [ticketConsumer]);
  await drainConsumers(h.system, [ticketConsumer]);
  await work(h, handlers);
  const mails = h.ports.mail.sent.filter(({ to }) => to === "luz@example.com");
  assert.deepEqual(mails.map(({ subject }) => subject), ["[T-1] Factura"]);
  assert.match(mails[0]?.text ?? "", /Se la enviamos hoy/);
  assert.deepEqual(mails[0]?.references, [`<${ticket.id}@tickets.cauce>`]);
});

Deno.test("what a customer says by another way is taken in once its ticket is known", async () => {
  await using h = await harness();
  const owner = await h.person();
  const desk = deskOf(h, owner);
  const ticket = await desk.open();
  await desk.put(ticket.id, { state: "pending_customer" });
  const inside = h.system.as({ workspaceId: owner.workspaceId, actor: systemActor("mail") });
  await inside.transact(async (tx) => {
    const row = await findTicket(tx, ticket.id);
    assert.ok(row);
    await hearCustomer(tx, { ticket: row, text: "Aquí está la foto", at: tx.now() });
  });
  const after = await desk.ticket(ticket.id);
  assert.deepEqual([after.state, after.history[0].action], ["open", "replied"]);
});

Deno.test("two contacts who are one person have their tickets together", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const desk = deskOf(h, shop);
  const phone = { kind: "phone", value: "5215500000001" } as const;
  const lid = { kind: "whatsapp_lid", value: "123456789" } as const;
  await shop.say("uno", { contact: { identities: [phone] } });
  const second = await shop.say("dos", { contact: { identities: [lid] } });
  const ticket = await desk.open({ conversation_id: second.conversationId });
  await shop.say("tres", { contact: { identities: [phone, lid] } });
  await drainConsumers(h.system, [ticketConsumer]);
  const { body: contacts } = await desk.call("GET", "/api/contacts");
  assert.equal(contacts.data.length, 1);
  assert.equal((await desk.ticket(ticket.id)).contact_id, contacts.data[0].id);
});

Deno.test("a ticket outlives its conversation: what the customer writes in the next one goes on in it", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const desk = deskOf(h, shop);
  const { conversationId } = await shop.say("Se rompió la caldera");
  const ticket = await desk.open({ conversation_id: conversationId });
  await desk.put(ticket.id, { state: "pending_customer" });
  await desk.call("POST", `/api/conversations/${conversationId}/close`);
  const next = await shop.say("Ya está la foto");
  assert.notEqual(next.conversationId, conversationId);
  await drainConsumers(h.system, [ticketConsumer]);
  const after = await desk.ticket(ticket.id);
  assert.deepEqual([after.state, after.conversation_id], ["open", next.conversationId]);
  await desk.put(ticket.id, { state: "resolved" });
  await desk.call("POST", `/api/conversations/${next.conversationId}/close`);
  h.clock.advance(8 * DAY);
  await shop.say("¿A qué hora abren?");
  await drainConsumers(h.system, [ticketConsumer]);
  assert.equal((await desk.ticket(ticket.id)).state, "resolved", "that is another matter");
  assert.equal((await desk.call("GET", "/api/tickets")).body.data.length, 1);
});

Deno.test("a ticket for somebody whom nobody knows yet makes the contact, once", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const luz = { name: "Luz", email: "Luz@Example.com", phone: "+52 81 1234 5678" };
  const [first, second] = [
    await desk.open({ contact: luz }),
    await desk.open({ contact: { email: "luz@example.com" } }),
  ];
  assert.equal(first.contact_id, second.contact_id);
  const { body } = await desk.call("GET", `/api/contacts/${first.contact_id}`);
  assert.deepEqual([body.name, body.identities.map(({ kind }: { kind: string }) => kind).sort()], [
    "Luz",
    ["email", "phone"],
  ]);
  for (const contact of [{ name: "Luz" }, { email: "x" }, { phone: "x" }, {}]) {
    const bad = await desk.call("POST", "/api/tickets", { subject: "x", contact });
    assert.equal(bad.status, 422, JSON.stringify(contact));
  }
});

Deno.test("what the customer writes about a merged ticket goes to the one that it went into", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const desk = deskOf(h, shop);
  const { conversationId } = await shop.say("Se rompió la caldera");
  const other = await shop.say("Otra cosa", { who: "luis" });
  const ticket = await desk.open({ conversation_id: conversationId });
  const target = await desk.open({ conversation_id: other.conversationId });
  await desk.call("POST", `/api/tickets/${ticket.id}/merge`, { into: target.id });
  await shop.say("¿Ya?");
  await drainConsumers(h.system, [ticketConsumer]);
  const { body } = await desk.call("GET", `/api/tickets/${target.id}/comments`);
  assert.deepEqual(body.data.map(({ text }: { text: string }) => text), ["¿Ya?"]);
  assert.equal((await desk.call("GET", "/api/tickets")).body.data.length, 2);
});

Deno.test("a customer's word before the solution is kept, and opens nothing and promises nothing", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const desk = deskOf(h, shop);
  await desk.call("POST", "/api/sla-policies", {
    name: "Oro",
    counts: "wall",
    targets: { next_response: { normal: 60 }, resolution: { normal: 600 } },
    default: true,
  });
  const { conversationId } = await shop.say("Hola");
  const ticket = await desk.open({ conversation_id: conversationId });
  await shop.say("Gracias, ya quedó");
  h.clock.advance(1000);
  await desk.put(ticket.id, { state: "resolved" });
  await drainConsumers(h.system, [ticketConsumer]);
  const after = await desk.ticket(ticket.id);
  assert.deepEqual([after.state, after.due_at], ["resolved", null]);
  const { body } = await desk.call("GET", `/api/tickets/${ticket.id}/comments`);
  assert.equal(body.data.length, 1);
});

Deno.test("a ticket shows how the customer's latest words sound, and lists are filtered by it", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const desk = deskOf(h, shop);
  const { conversationId } = await shop.say("Hola");
  const ticket = await desk.open({
    conversation_id: conversationId,
    subject: "Pésimo servicio, es horrible",
  });
  assert.equal(ticket.sentiment, null, "an operator's words are not the customer's");
  const felt = async () => (await desk.ticket(ticket.id)).sentiment;
  const say = async (text: string, kind: "text" | "image" = "text") => {
    await shop.say(text, { kind });
    await desk.settle();
    return await felt();
  };
  const angry = await say("Es un servicio pésimo, estoy furioso");
  assert.equal(angry.mood, "negative");
  assert.ok(angry.score < -0.25);
  const { version } = await desk.ticket(ticket.id);
  const list = async (query: string) =>
    (await desk.call("GET", `/api/tickets?${query}`)).body.data.map(({ id }: { id: string }) => id);
  assert.deepEqual(await list("mood=negative"), [ticket.id]);
  assert.deepEqual(await list("mood=negative&state=live&priority=normal"), [ticket.id]);
  assert.deepEqual(await list("mood=negative&state=closed"), []);
  assert.deepEqual(await list(`mood=positive&conversation_id=${conversationId}`), []);
  const counted = await desk.call("GET", "/api/tickets?mood=negative&with_total=true");
  assert.deepEqual(counted.body.total, { count: 1, more: false });
  assert.deepEqual(await say("", "image"), angry, "a picture says nothing of it");
  assert.equal((await say("¡Muchas gracias, excelente, quedó perfecto!")).mood, "positive");
  assert.deepEqual(await list("mood=negative"), []);
  assert.equal((await desk.ticket(ticket.id)).version, version, "it is no change that anybody made");
  const { status, body } = await desk.call("GET", "/api/tickets?mood=furious");
  assert.deepEqual([status, body.errors[0].path], [422, "mood"]);

  const inside = h.system.as({ workspaceId: shop.workspaceId });
  const mailed = await openTicket(inside, {
    subject: "Queja",
    description: "Es horrible, muy mal trato",
    source: "email",
  });
  assert.equal(mailed.sentiment?.mood, "negative");
});
