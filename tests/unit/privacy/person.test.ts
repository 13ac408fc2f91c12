import assert from "node:assert/strict";
import { DAY } from "../../../lib/kernel/clock.ts";
import { exportPerson, retainConversations, retainTickets } from "../../../lib/privacy/mod.ts";
import { harness } from "../../support/harness.ts";
import { placesOf } from "../../support/tables.ts";
import { EMAIL, openKnown, PHONE, PRIVATE_ENV, SECRET } from "./person.ts";
import { OUTLIVES } from "./staying.ts";

Deno.test("an erased person is named nowhere in the database, and nothing that waits is sent to them", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const known = await openKnown(h);
  const before = await placesOf(h, SECRET);
  for (
    const place of ["mail_receipts.subject", "notification_chunks.recipients", "notification_deliveries.text"]
  ) {
    assert.ok(before.includes(place), `${place} is not tried`);
  }
  const told = () => h.ports.mail.sent.filter(({ to }) => to === EMAIL).length;
  const sent = told();
  assert.ok(sent > 0);
  await known.call("DELETE", `/api/contacts/${known.contactId}`);
  await known.workAll();
  for (const needle of [SECRET, EMAIL, PHONE]) assert.deepEqual(await placesOf(h, needle), [], needle);
  assert.equal(told(), sent, "what was to go to many goes to the others");
  assert.ok(h.ports.mail.sent.some(({ to }) => to === "otra@cliente.example"));
  const { data } = await known.call("GET", "/api/advanced/notifications/history?limit=200");
  assert.ok(data.length > 0, "that something was sent stays");
});

Deno.test("erasing one person leaves what others were told as it is", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const known = await openKnown(h);
  const other = `x${EMAIL}`;
  const { body } = await h.request("POST", "/api/advanced/notifications/send", {
    token: known.token,
    body: { channel: "email", recipient: other, subject: "Cita", message: "Mañana" },
  });
  await known.call("DELETE", `/api/contacts/${known.contactId}`);
  const kept = await known.call("GET", `/api/advanced/notifications/history/${body.id}`);
  assert.deepEqual([kept.recipient, kept.subject, kept.message], [other, "Cita", "Mañana"]);
});

Deno.test("an export has what a person was told, what they want to hear, and their mails", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const known = await openKnown(h);
  const found = await exportPerson(known.ctx, { contactId: known.contactId });
  const text = (key: string) => JSON.stringify(found[key]);
  assert.match(text("notifications"), new RegExp(`Aviso ${SECRET}`));
  assert.match(text("notifications"), new RegExp(`Su ${SECRET} llegó`));
  assert.match(text("notification_preferences"), /surveys/);
  assert.match(text("quiet_hours"), /America\/Mexico_City/);
  assert.match(text("watson_turns"), new RegExp(`Es el de ${SECRET}`));
  assert.match(text("mails"), new RegExp(`Por correo ${SECRET}`));
  assert.match(text("message_ids"), new RegExp(`m1@${SECRET}`));
});

Deno.test("retention leaves nothing that names a deleted ticket or conversation but what is decided to outlive it", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const known = await openKnown(h);
  const { ticketIds, conversationId, inside } = known;
  const held = new Set((await Promise.all(ticketIds.map((id) => placesOf(h, id)))).flat());
  for (
    const place of [
      "sla_clocks.ticket_id",
      "rule_watches.ticket_id",
      "mail_ids.ticket_id",
      "rule_runs.subject_id",
      "watson_activities.result",
    ]
  ) {
    assert.ok(held.has(place), `${place} is not tried`);
  }
  const { id: stays } = await known.call("POST", "/api/tickets", { subject: "Otro" });
  await known.call("POST", `/api/tickets/${stays}/links`, { kind: "ticket", id: ticketIds[0] });
  for (const id of ticketIds) {
    for (const state of ["resolved", "closed"]) await known.call("PUT", `/api/tickets/${id}`, { state });
  }
  await known.call("POST", `/api/conversations/${conversationId}/close`);
  await known.workAll();
  h.clock.advance(31 * DAY);
  assert.equal(await retainTickets(inside, { days: 30 }), 2);
  assert.equal(await retainConversations(inside, { days: 30 }), 1);
  const runs = await h.ports.database.db.all<{ results: string }>("select results from rule_runs");
  assert.ok(runs.length > 0);
  assert.doesNotMatch(JSON.stringify(runs), new RegExp(SECRET));
  for (const id of [...ticketIds, conversationId]) {
    const places = (await placesOf(h, id)).filter((place) => !Object.hasOwn(OUTLIVES, place));
    assert.deepEqual(places, [], id);
  }
  const found = await h.ports.database.db.all("select rowid from ticket_fts");
  assert.equal(found.length, 1, "the index of words has what stays alone");
});
