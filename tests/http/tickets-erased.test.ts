import assert from "node:assert/strict";
import { ticketAttachments } from "../../db/schema/tickets.ts";
import { DAY } from "../../lib/kernel/clock.ts";
import { sweepTicketRetention } from "../../lib/tickets/mod.ts";
import { conversationHandlers } from "../../workers/handlers/conversation-desk.ts";
import { harness } from "../support/harness.ts";
import { deskOf } from "../support/desk.ts";
import { work } from "../unit/conversations/talk.ts";
import { shopDesk } from "./tickets-world.ts";

Deno.test("erasing a contact empties its tickets, comments, files and the log; an export holds them", async () => {
  await using h = await harness();
  const [shop, desk] = await shopDesk(h);
  const ana = await h.person({ workspaceId: shop.workspaceId, role: "operator" });
  await desk.operator("Ana", { user_id: ana.userId });
  const { conversationId } = await shop.say("Soy Luisa Secreta");
  const ticket = await desk.open({
    conversation_id: conversationId,
    subject: "Caldera de Secreta",
    description: "Secreta llamó",
  });
  const form = new FormData();
  form.set("file", new File(["secreta"], "nota.txt"));
  form.set("text", "Secreta otra vez");
  await desk.call("POST", `/api/tickets/${ticket.id}/attachments`, form);
  await desk.put(ticket.id, { subject: "Otra de Secreta" });
  await desk.settle();
  const exported = await desk.call("GET", `/api/contacts/${ticket.contact_id}/export`);
  assert.equal(exported.body.tickets[0].comments[0].text, "Secreta otra vez");
  assert.equal((await desk.call("DELETE", `/api/contacts/${ticket.contact_id}`)).status, 200);
  await work(h, conversationHandlers);
  const left = await desk.call("GET", `/api/tickets/${ticket.id}`);
  assert.deepEqual([left.status, left.body.subject, left.body.number], [200, "", 1]);
  const tables = [
    "tickets",
    "ticket_comments",
    "ticket_history",
    "events",
    "audit_log",
    "ticket_surveys",
    "notifications",
    "notification_deliveries",
    "ticket_attachments",
  ];
  for (const table of tables) {
    const { rows } = await h.ports.database.client.execute(`select * from ${table}`);
    assert.doesNotMatch(JSON.stringify(rows), /secreta/i, table);
  }
  assert.equal((await h.system.db.select().from(ticketAttachments)).length, 0);
  assert.deepEqual((await desk.call("GET", "/api/tickets?q=secreta")).body.data, []);
  const blobs = [];
  for await (const blob of h.ports.blobs.list(`${shop.workspaceId}/`)) blobs.push(blob);
  assert.deepEqual(blobs, []);
});

Deno.test("closed tickets are deleted after the days that the workspace set, and no others", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const other = deskOf(h, await h.person());
  const [old, open] = [await desk.open(), await desk.open()];
  const kept = await other.open();
  await desk.put(old.id, { state: "closed" });
  await other.put(kept.id, { state: "closed" });
  await desk.call("PUT", "/api/ticket-settings", { retention_days: 20 });
  h.clock.advance(19 * DAY);
  const sweep = async () => {
    await sweepTicketRetention(h.system);
    await desk.settle();
  };
  await sweep();
  assert.equal((await desk.call("GET", `/api/tickets/${old.id}`)).status, 200);
  h.clock.advance(2 * DAY);
  for (const days of [0, 30]) {
    await sweepTicketRetention(h.system);
    await desk.call("PUT", "/api/ticket-settings", { retention_days: days });
    await desk.settle();
    assert.equal((await desk.call("GET", `/api/tickets/${old.id}`)).status, 200, "the days of now hold");
    await desk.call("PUT", "/api/ticket-settings", { retention_days: 20 });
  }
  await sweep();
  assert.equal((await desk.call("GET", `/api/tickets/${old.id}`)).status, 404);
  assert.equal((await desk.call("GET", `/api/tickets/${open.id}`)).status, 200);
  const { rows } = await h.ports.database.client.execute({
    sql: "select count(*) as n from tickets where id = ?",
    args: [kept.id],
  });
  assert.equal(Number(rows[0]?.n), 1);
});
