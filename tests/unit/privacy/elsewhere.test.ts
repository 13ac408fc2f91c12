import assert from "node:assert/strict";
import { HOUR } from "../../../lib/kernel/clock.ts";
import { systemActor } from "../../../lib/kernel/actors.ts";
import { takeMail } from "../../../lib/mail-in/mod.ts";
import { harness } from "../../support/harness.ts";
import { placesOf } from "../../support/tables.ts";
import { EMAIL, openKnown, PHONE, PRIVATE_ENV, SECRET } from "./person.ts";

Deno.test("what an erased person said in somebody else's ticket is told nowhere any more, and what others said there stays", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const known = await openKnown(h);
  await known.call("POST", "/api/rules", {
    name: "Repite",
    when: { event: "ticket.commented" },
    actions: [{
      type: "notify",
      to: [{ user_id: known.userId }],
      subject: "Dijo",
      message: "{{comment.text}}",
    }],
  });
  const other = await known.call("POST", "/api/tickets", {
    subject: "De Luis",
    contact: { email: "luis@cliente.example" },
  });
  await known.call("POST", `/api/tickets/${other.id}/watchers`, { user_id: known.userId });
  await known.call("POST", `/api/tickets/${other.id}/comments`, {
    text: "Nota de Luis",
    visibility: "private",
  });
  const [byMail] = known.ticketIds.slice(-1);
  for (const id of known.ticketIds) await known.call("POST", `/api/tickets/${id}/merge`, { into: other.id });
  assert.ok(byMail !== undefined);
  const raw = new TextEncoder().encode(
    `From: Ana <${EMAIL}>\r\nTo: soporte@empresa.example\r\nReferences: <m1@${SECRET}.example>\r\n` +
      `Subject: Re\r\nMessage-ID: <m2@cliente.example>\r\n\r\nSigue sin mi ${SECRET}\r\n`,
  );
  await takeMail(h.system.as({ actor: systemActor("mail") }), { raw, format: "mime" });
  await known.workAll();
  const before = await placesOf(h, `sin mi ${SECRET}`);
  for (const place of ["ticket_comments.text", "notification_deliveries.text", "notifications.data"]) {
    assert.ok(before.includes(place), `${place} is not tried: ${before}`);
  }
  await known.call("DELETE", `/api/contacts/${known.contactId}`);
  await known.workAll();
  assert.deepEqual(await placesOf(h, SECRET), []);
  assert.ok((await placesOf(h, "Nota de Luis")).includes("notification_deliveries.text"));
});

Deno.test("what rules told of an erased person's visits and calls under somebody else's ticket goes with the person", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const known = await openKnown(h);
  const tell = (event: string, message: string) =>
    known.call("POST", "/api/rules", {
      name: event,
      when: { event },
      actions: [{ type: "notify", to: [{ user_id: known.userId }], subject: "Aviso", message }],
    });
  await tell("visit.cancelled", "Ya no en {{visit.address}}");
  await tell("call.missed", "Llamó {{call.phone}}");
  await tell("ticket.commented", "Dijo {{comment.text}}");
  const { id: ticket_id } = await known.call("POST", "/api/tickets", {
    subject: "De Luis",
    contact: { email: "luis@cliente.example" },
  });
  const { contactId: contact_id } = known;
  const about = { ticket_id, contact_id };
  const { id } = await known.call("POST", "/api/visits", { ...about, subject: "Visita", address: SECRET });
  await known.call("POST", `/api/visits/${id}/cancel`, { reason: "Luis" });
  const started_at = new Date(h.clock.now()).toISOString();
  await known.call("POST", "/api/calls", {
    ...about,
    direction: "in",
    phone: `+${PHONE}`,
    started_at,
    duration_s: 0,
  });
  await known.call("POST", `/api/tickets/${ticket_id}/comments`, { text: "de Luis", visibility: "private" });
  h.clock.advance(HOUR);
  await known.workAll();
  for (const words of [`Ya no en ${SECRET}`, `Llamó +${PHONE}`, "Dijo de Luis"]) {
    const places = await placesOf(h, words);
    assert.ok(places.includes("notification_deliveries.text"), `${words} is not tried: ${places}`);
  }
  await known.call("DELETE", `/api/contacts/${known.contactId}`);
  await known.workAll();
  for (const words of [SECRET, PHONE]) assert.deepEqual(await placesOf(h, words), []);
  assert.ok((await placesOf(h, "Dijo de Luis")).includes("notification_deliveries.text"));
});
