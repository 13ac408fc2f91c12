import assert from "node:assert/strict";
import { drainConsumers } from "../../lib/consumers/mod.ts";
import { hearCustomer, ticketConsumer } from "../../lib/tickets/mod.ts";
import { selectTicket } from "../../lib/tickets/store.ts";
import { handlers } from "../../workers/registry.ts";
import { harness } from "../support/harness.ts";
import { type Desk, deskOf } from "../support/desk.ts";
import { openShop, work } from "../unit/conversations/talk.ts";

async function talkOf(desk: Desk, conversationId: string): Promise<string[]> {
  const { body } = await desk.call("GET", `/api/conversations/${conversationId}/messages`);
  return body.data.map(({ text }: { text: string }) => text);
}

Deno.test("after a merge of two customers' tickets one who writes again when it is closed gets one ticket of their own, answered where they wrote", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const desk = deskOf(h, shop);
  const [ana, leo] = [
    await shop.say("No hay luz", { who: "ana" }),
    await shop.say("Sin luz", { who: "leo" }),
  ];
  const kept = await desk.open({ conversation_id: ana.conversationId });
  const gone = await desk.open({ conversation_id: leo.conversationId });
  assert.equal((await desk.call("POST", `/api/tickets/${gone.id}/merge`, { into: kept.id })).status, 200);
  for (const state of ["resolved", "closed"]) assert.equal((await desk.put(kept.id, { state })).status, 200);
  for (const text of ["Otra vez sin luz", "¿Hay alguien?"]) {
    await shop.say(text, { who: "leo" });
    await desk.settle();
  }
  const { body: { data: all } } = await desk.call("GET", "/api/tickets");
  assert.equal(all.length, 3, "one more, not one a message");
  const [fresh] = all;
  assert.deepEqual(
    [fresh.contact_id, fresh.conversation_id, fresh.follows_id],
    [gone.contact_id, leo.conversationId, kept.id],
  );
  const said = { text: "Ya va el técnico", visibility: "public" };
  assert.equal((await desk.call("POST", `/api/tickets/${fresh.id}/comments`, said)).status, 201);
  assert.ok((await talkOf(desk, leo.conversationId)).includes(said.text));
  assert.ok(!(await talkOf(desk, ana.conversationId)).includes(said.text));
});

Deno.test("a ticket that another customer's is merged into goes on answering its own, and is linked with the other conversation", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const desk = deskOf(h, shop);
  const { conversationId } = await shop.say("No hay luz");
  const kept = await desk.open({ contact: { email: "luz@example.com", name: "Luz" } });
  const gone = await desk.open({ conversation_id: conversationId });
  const { body } = await desk.call("POST", `/api/tickets/${gone.id}/merge`, { into: kept.id });
  assert.deepEqual([body.contact_id, body.conversation_id], [kept.contact_id, null]);
  const { body: links } = await desk.call("GET", `/api/tickets/${kept.id}/links`);
  assert.ok(links.data.some(({ id }: { id: string }) => id === conversationId));
  const said = { text: "Ya va el técnico", visibility: "public" };
  assert.equal((await desk.call("POST", `/api/tickets/${kept.id}/comments`, said)).status, 201);
  await drainConsumers(h.system, [ticketConsumer]);
  await work(h, handlers);
  assert.ok(h.ports.mail.sent.some(({ to, text }) => to === "luz@example.com" && text.includes(said.text)));
  assert.ok(!(await talkOf(desk, conversationId)).includes(said.text));

  const own = await desk.open({ contact_id: gone.contact_id });
  const next = await desk.open({ conversation_id: conversationId });
  const { body: taken } = await desk.call("POST", `/api/tickets/${next.id}/merge`, { into: own.id });
  assert.equal(taken.conversation_id, conversationId, "of the same customer it goes on there");
});

Deno.test("mail of somebody else into a ticket that is closed opens one of theirs", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const desk = deskOf(h, shop);
  const ticket = await desk.open({ contact: { email: "luz@example.com", name: "Luz" } });
  const other = await desk.open({ contact: { email: "leo@example.com", name: "Leo" } });
  await desk.put(ticket.id, { state: "closed" });
  const next = await shop.inside.transact(async (tx) => {
    const row = await selectTicket(tx, ticket.id);
    assert.ok(row);
    return await hearCustomer(tx, {
      ticket: row,
      text: "A mí también",
      authorId: other.contact_id,
      at: tx.now(),
    });
  });
  assert.deepEqual([next.contactId, next.followsId], [other.contact_id, ticket.id]);
});
