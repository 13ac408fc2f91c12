import assert from "node:assert/strict";
import { systemActor } from "../../../lib/kernel/actors.ts";
import { HOUR } from "../../../lib/kernel/clock.ts";
import { takeMail } from "../../../lib/mail-in/mod.ts";
import { harness } from "../../support/harness.ts";
import { placesOf } from "../../support/tables.ts";
import { EMAIL, openKnown, PHONE, PRIVATE_ENV, SECRET } from "./person.ts";

Deno.test("what rules wrote of an erased person into somebody else's ticket goes with the person, and what they wrote of the other stays", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const known = await openKnown(h);
  const write = (event: string, text: string, more: object = {}) =>
    known.call("POST", "/api/rules", {
      name: `${event} ${text.slice(0, 20)}`,
      when: { event },
      actions: [{ type: "comment", text, ...more }],
    });
  await write("visit.cancelled", "Ya no en {{visit.address}}, {{ticket.reference}}");
  await write("visit.cancelled", "Público {{visit.address}}", { visibility: "public" });
  await write("call.missed", "Llamó {{call.phone}}");
  await known.call("POST", "/api/rules", {
    name: "Cita",
    when: { event: "ticket.commented" },
    conditions: { field: "comment.author", operator: "is", value: "customer" },
    actions: [{ type: "comment", text: "Citado: {{comment.text}}" }],
  });
  const { id: ticket_id } = await known.call("POST", "/api/tickets", {
    subject: "De Luis",
    contact: { email: "luis@cliente.example" },
  });
  const about = { ticket_id, contact_id: known.contactId };
  const { id } = await known.call("POST", "/api/visits", { ...about, subject: "Visita", address: SECRET });
  await known.call("POST", `/api/visits/${id}/cancel`, { reason: "Luis" });
  await known.call("POST", "/api/calls", {
    ...about,
    direction: "in",
    phone: `+${PHONE}`,
    started_at: new Date(h.clock.now()).toISOString(),
    duration_s: 0,
  });
  for (const merged of known.ticketIds) {
    await known.call("POST", `/api/tickets/${merged}/merge`, { into: ticket_id });
  }
  const raw = new TextEncoder().encode(
    `From: Ana <${EMAIL}>\r\nTo: soporte@empresa.example\r\nReferences: <m1@${SECRET}.example>\r\n` +
      `Subject: Re\r\nMessage-ID: <m2@cliente.example>\r\n\r\nSigue sin mi ${SECRET}\r\n`,
  );
  await takeMail(h.system.as({ actor: systemActor("mail") }), { raw, format: "mime" });
  const own = await known.call("POST", "/api/visits", {
    ticket_id,
    subject: "De Luis",
    address: "Casa de Luis",
  });
  await known.call("POST", `/api/visits/${own.id}/cancel`, { reason: "Luis" });
  h.clock.advance(HOUR);
  await known.workAll();
  const comments = async () =>
    (await known.call("GET", `/api/tickets/${ticket_id}/comments?limit=200`)).data.map((
      { text }: { text: string },
    ) => text);
  const before = await comments();
  const { number } = await known.call("GET", `/api/tickets/${ticket_id}`);
  for (
    const text of [`Ya no en ${SECRET}, T-${number}`, `Llamó +${PHONE}`, `Citado: Sigue sin mi ${SECRET}`]
  ) {
    assert.ok(before.includes(text), `${text} is not tried: ${before.join(" | ")}`);
  }
  assert.ok(!before.includes(`Público ${SECRET}`), "one customer's address was told to another");
  const runs = await known.call("GET", "/api/rules/runs?limit=200");
  assert.ok(JSON.stringify(runs).includes("of_another_customer"));
  const exported = await known.call("GET", `/api/contacts/${known.contactId}/export`);
  assert.ok(JSON.stringify(exported.ticket_comments_elsewhere).includes(`Ya no en ${SECRET}`));

  await known.call("DELETE", `/api/contacts/${known.contactId}`);
  await known.workAll();
  for (const words of [SECRET, PHONE]) assert.deepEqual(await placesOf(h, words), [], words);
  assert.ok((await comments()).includes(`Ya no en Casa de Luis, T-${number}`));
});
