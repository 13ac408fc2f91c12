import assert from "node:assert/strict";
import { DAY } from "../../lib/kernel/clock.ts";
import { harness } from "../support/harness.ts";
import { shopDesk, textsOf } from "./tickets-world.ts";

Deno.test("a file of a comment stays with the ticket, or goes out with the message that the customer gets", async () => {
  await using h = await harness();
  const [shop, desk] = await shopDesk(h);
  const { conversationId } = await shop.say("Hola");
  const ticket = await desk.open({ conversation_id: conversationId });
  const attach = (more: Record<string, string>, bytes: BlobPart = "hola") => {
    const form = new FormData();
    form.set("file", new File([bytes], "nota.txt", { type: "text/plain" }));
    for (const [name, value] of Object.entries(more)) form.set(name, value);
    return desk.call("POST", `/api/tickets/${ticket.id}/attachments`, form);
  };
  const kept = await attach({ text: "La nota" });
  assert.equal(kept.status, 201, JSON.stringify(kept.body));
  const [file] = kept.body.attachments;
  assert.deepEqual([file.name, file.size, kept.body.visibility], ["nota.txt", 4, "private"]);
  const bytes = await desk.call("GET", file.href);
  assert.deepEqual([bytes.status, bytes.body], [200, "hola"]);
  assert.match(bytes.headers.get("content-disposition") ?? "", /^attachment/);
  const other = await h.person();
  assert.equal((await h.request("GET", file.href, { token: other.token })).status, 404);
  const sent = await attach({ visibility: "public" });
  assert.match(sent.body.attachments[0].href, /^\/api\/attachments\//);
  assert.equal((await desk.call("GET", sent.body.attachments[0].href)).body, "hola");
  assert.equal((await attach({}, new Uint8Array([0x4d, 0x5a, 0, 1, 2]))).status, 415);
  const { body } = await desk.call("GET", `/api/tickets/${ticket.id}/comments`);
  assert.deepEqual(body.data.map(({ attachments }: { attachments: unknown[] }) => attachments.length), [
    1,
    1,
  ]);
});

Deno.test("what the customer writes is a comment: it ends the wait, opens what was resolved within the days, and later begins a new ticket", async () => {
  await using h = await harness();
  const [shop, desk] = await shopDesk(h);
  const { conversationId } = await shop.say("Se rompió la caldera");
  h.clock.advance(1000);
  const ticket = await desk.open({ conversation_id: conversationId });
  await desk.put(ticket.id, { state: "pending_customer" });
  await shop.say("¿Cuándo vienen?");
  await desk.settle();
  await desk.settle();
  const woken = await desk.ticket(ticket.id);
  assert.deepEqual([woken.state, woken.history[0].action], ["open", "replied"]);
  const { body: comments } = await desk.call("GET", `/api/tickets/${ticket.id}/comments`);
  assert.deepEqual(
    comments.data.map(({ text, author, visibility }: Record<string, unknown>) => [text, author, visibility]),
    [
      ["¿Cuándo vienen?", "customer", "public"],
    ],
  );
  await desk.put(ticket.id, { state: "resolved" });
  h.clock.advance(2 * DAY);
  await shop.say("Falla otra vez");
  await desk.settle();
  const again = await desk.ticket(ticket.id);
  assert.deepEqual([again.state, again.reopens], ["open", 1]);
  await desk.call("PUT", "/api/ticket-settings", { close_after_days: 0 });
  await desk.put(ticket.id, { state: "resolved" });
  h.clock.advance(20 * DAY);
  await shop.say("Ahora es la bomba");
  await shop.say("¿Hola?");
  await desk.settle();
  const { body } = await desk.call("GET", `/api/tickets?conversation_id=${conversationId}`);
  assert.deepEqual(
    body.data.map(({ number, state, follows_id }: Record<string, unknown>) => [number, state, follows_id]),
    [
      [2, "new", ticket.id],
      [1, "resolved", null],
    ],
  );
  const { body: fresh } = await desk.call("GET", `/api/tickets/${body.data[0].id}/comments`);
  assert.deepEqual(textsOf(fresh), ["Ahora es la bomba", "¿Hola?"]);
});
