import assert from "node:assert/strict";
import { drainConsumers } from "../../../lib/consumers/mod.ts";
import { DAY, HOUR, MINUTE } from "../../../lib/kernel/clock.ts";
import {
  closeResolved,
  hearCustomer,
  sendSurvey,
  ticketConsumer,
  wakeTicket,
} from "../../../lib/tickets/mod.ts";
import { selectTicket } from "../../../lib/tickets/store.ts";
import { harness } from "../../support/harness.ts";
import { deskOf } from "../../support/desk.ts";
import { openShop } from "../conversations/talk.ts";

Deno.test("what follows a ticket later does its work once, however often it is delivered", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const desk = deskOf(h, shop);
  const { conversationId } = await shop.say("Se rompió la caldera");
  const ticket = await desk.open({ conversation_id: conversationId });
  const at = new Date(h.clock.now() + HOUR).toISOString();
  await desk.put(ticket.id, { state: "scheduled", scheduled_for: at });
  h.clock.advance(2 * HOUR);
  for (let run = 0; run < 3; run++) await wakeTicket(shop.inside, { ticketId: ticket.id });
  assert.deepEqual([(await desk.ticket(ticket.id)).state, (await desk.ticket(ticket.id)).version], [
    "open",
    3,
  ]);

  await desk.put(ticket.id, { state: "resolved" });
  h.clock.advance(11 * MINUTE);
  const { rows } = await h.ports.database.client.execute("select id from ticket_surveys");
  const surveyId = String(rows[0]?.id);
  await Promise.all([1, 2, 3].map(() => sendSurvey(shop.inside, { surveyId })));
  const { body } = await desk.call("GET", `/api/conversations/${conversationId}/messages`);
  assert.equal(body.data.filter(({ text }: { text: string }) => text.includes("/api/surveys/")).length, 1);

  await closeResolved(shop.inside, { ticketId: ticket.id });
  assert.equal((await desk.ticket(ticket.id)).state, "resolved", "not before its days");
  h.clock.advance(8 * DAY);
  for (let run = 0; run < 2; run++) await closeResolved(shop.inside, { ticketId: ticket.id });
  const closed = await desk.ticket(ticket.id);
  assert.deepEqual([closed.state, closed.history[0].action], ["closed", "closed"]);
});

Deno.test("an event that is handed out twice makes one comment and tells each person once", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const desk = deskOf(h, shop);
  const ana = await h.person({ workspaceId: shop.workspaceId, role: "operator" });
  await desk.operator("Ana", { user_id: ana.userId });
  const { conversationId } = await shop.say("Se rompió la caldera");
  const ticket = await desk.open({ conversation_id: conversationId });
  await shop.say("¿Vienen hoy?");
  await drainConsumers(h.system, [ticketConsumer]);
  await drainConsumers(h.system, [{ ...ticketConsumer, name: "tickets again" }]);
  const { body: comments } = await desk.call("GET", `/api/tickets/${ticket.id}/comments`);
  assert.equal(comments.data.length, 1);
  const { body: told } = await h.request("GET", "/api/notifications", { token: ana.token });
  const subjects = told.data.map(({ subject }: { subject: string }) => subject).sort();
  assert.deepEqual(subjects, ["T-1 es suyo: El aire no enfría", "T-1: comentario nuevo"]);
});

Deno.test("a follow-up whose category and team are gone is opened without them", async () => {
  await using h = await harness();
  const person = await h.person();
  const desk = deskOf(h, person);
  const { body: category } = await desk.call("POST", "/api/ticket-categories", { name: "Frío" });
  const { body: team } = await desk.call("POST", "/api/teams", { name: "Mesa" });
  const ticket = await desk.open({ category_id: category.id, team_id: team.id });
  await desk.put(ticket.id, { state: "closed" });
  await desk.call("DELETE", `/api/ticket-categories/${category.id}`);
  await desk.call("DELETE", `/api/teams/${team.id}`);
  const inside = h.system.as({ workspaceId: person.workspaceId });
  const next = await inside.transact(async (tx) => {
    const row = await selectTicket(tx, ticket.id);
    assert.ok(row);
    return await hearCustomer(tx, { ticket: row, text: "Otra vez", at: tx.now() });
  });
  assert.deepEqual([next.number, next.followsId, next.categoryId, next.teamId], [2, ticket.id, null, null]);
});

Deno.test("one deed is one notice a person: an answer that ends a wait, a comment with a state, a follow-up", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const desk = deskOf(h, shop);
  const [ana, luis] = [
    await h.person({ workspaceId: shop.workspaceId, role: "operator" }),
    await h.person({ workspaceId: shop.workspaceId, role: "operator" }),
  ];
  await desk.operator("Ana", { user_id: ana.userId });
  const news = async ({ token }: { token: string }) => {
    // What the first turn makes of a message is an event for the second.
    for (let turn = 0; turn < 2; turn++) await desk.settle();
    const { body } = await h.request("GET", "/api/notifications", { token });
    await h.request("POST", "/api/notifications/read-all", { token });
    const unread = body.data.filter(({ read_at }: { read_at: string | null }) => read_at === null);
    return unread.map(({ subject, message }: { subject: string; message: string }) =>
      `${subject} | ${message}`
    );
  };
  const { conversationId } = await shop.say("Se rompió la caldera");
  const ticket = await desk.open({ conversation_id: conversationId });
  await desk.call("POST", `/api/tickets/${ticket.id}/watchers`, { user_id: luis.userId });
  await desk.put(ticket.id, { state: "pending_customer" });
  assert.equal((await news(ana)).length, 2, "that it is hers, and that it waits");
  assert.equal((await news(luis)).length, 1);

  await shop.say("¿Vienen hoy?");
  const answered = ["T-1: comentario nuevo | El aire no enfría\n\n¿Vienen hoy?\n\nAhora: en atención"];
  assert.deepEqual(await news(ana), answered);
  assert.deepEqual(await news(luis), answered);
  assert.equal((await desk.ticket(ticket.id)).state, "open");

  const text = `Miren esto @${luis.userId}`;
  await desk.call("POST", `/api/tickets/${ticket.id}/comments`, {
    text,
    visibility: "private",
    state: "pending_internal",
  });
  const [said, ...more] = await news(luis);
  assert.match(said, /^Le mencionaron en T-1 \| [\s\S]*Ahora: en espera interna$/);
  assert.deepEqual(more, []);
  assert.equal((await news(ana)).length, 1);

  const inside = h.system.as({ workspaceId: shop.workspaceId });
  await desk.put(ticket.id, { state: "resolved" });
  await desk.put(ticket.id, { state: "closed" });
  await news(ana);
  await inside.transact(async (tx) => {
    const row = await selectTicket(tx, ticket.id);
    assert.ok(row);
    await hearCustomer(tx, { ticket: row, text: "Otra vez", at: tx.now() });
  });
  assert.deepEqual((await news(ana)).map((one: string) => one.split(" | ")[0]), [
    "T-2 es suyo: El aire no enfría",
  ]);
});
