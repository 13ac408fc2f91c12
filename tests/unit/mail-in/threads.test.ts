import assert from "node:assert/strict";
import { MINUTE } from "../../../lib/kernel/clock.ts";
import { createRule } from "../../../lib/rules/mod.ts";
import { updateTicket } from "../../../lib/tickets/mod.ts";
import { comments, letter, openLetters, tickets } from "./letters.ts";

const ANA = "ana@cliente.example";

Deno.test("the answer to a rule's mail to who asks comes to the ticket, whatever else the rule tells", async () => {
  await using l = await openLetters();
  await createRule(l.ctx, {
    name: "Acuse",
    when: { event: "ticket.opened" },
    actions: [{
      type: "notify",
      to: ["requester", { channel: "email", recipient: "jefe@empresa.example" }],
      subject: "Recibimos {{ticket.subject}}",
      message: "Es el {{ticket.reference}}.",
    }],
  });
  await l.arrive(letter({ "Message-ID": "<first@cliente.example>" }));
  const [ticket] = await tickets(l);
  const { sent } = l.h.ports.mail;
  assert.deepEqual(sent.map(({ to, subject }) => [to, subject]).sort(), [
    [ANA, "Recibimos El aire no enfría"],
    ["jefe@empresa.example", "Recibimos El aire no enfría"],
  ]);
  const ours = sent.find(({ to }) => to === ANA);
  assert.equal(ours?.inReplyTo, "<first@cliente.example>");
  const theirs = sent.find(({ to }) => to !== ANA);
  assert.deepEqual([theirs?.inReplyTo, theirs?.replyTo], [undefined, undefined]);
  const id = `<${ours?.id}@empresa.example>`;
  await l.arrive(letter({ "In-Reply-To": id, References: id, Subject: "Re: Recibimos" }, "Y gotea."));
  assert.equal((await tickets(l)).length, 1);
  assert.deepEqual((await comments(l, ticket?.id ?? "")).map(({ text }) => text), ["Y gotea."]);
});

Deno.test("who answers the question after a solution by mail opens the ticket again", async () => {
  await using l = await openLetters();
  await l.arrive(letter());
  const [ticket] = await tickets(l);
  const ticketId = ticket?.id ?? "";
  await updateTicket(l.ctx, { ticketId, state: "resolved" });
  l.h.clock.advance(11 * MINUTE);
  await l.settle();
  const asked = l.h.ports.mail.sent.find(({ to }) => to === ANA);
  assert.match(asked?.subject ?? "", /T-1/);
  const id = `<${asked?.id}@empresa.example>`;
  await l.arrive(letter({ "In-Reply-To": id, References: id }, "Sigue sin enfriar."));
  assert.deepEqual((await tickets(l)).map(({ state, reopens }) => [state, reopens]), [["open", 1]]);
});

Deno.test("a mail that only its subject ties to a ticket comes to it from who asks, and from nobody else", async () => {
  await using l = await openLetters();
  await l.arrive(letter());
  const subject = "RE: [T-1] El aire no enfría";
  await l.arrive(letter({ Subject: subject }, "¿Cuándo vienen?"));
  const [ticket, ...none] = await tickets(l);
  assert.equal(none.length, 0);
  assert.deepEqual((await comments(l, ticket?.id ?? "")).map(({ text }) => text), ["¿Cuándo vienen?"]);
  await l.arrive(letter({ From: "Eva <eva@otro.example>", Subject: subject }, "Cancelen todo."));
  assert.equal((await tickets(l)).length, 2);
  assert.equal((await comments(l, ticket?.id ?? "")).length, 1);
});
