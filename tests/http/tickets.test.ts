import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { jobs } from "../../db/schema/jobs.ts";
import { auditLog, events } from "../../db/schema/log.ts";
import { DAY, HOUR } from "../../lib/kernel/clock.ts";
import { TRANSITIONS } from "../../lib/tickets/mod.ts";
import { ticketHandlers } from "../../workers/handlers/tickets.ts";
import { harness } from "../support/harness.ts";
import { openShop, work } from "../unit/conversations/talk.ts";
import { type Body, open, put } from "./tickets-world.ts";

Deno.test("a ticket is opened with a number of its workspace, an event and an audit entry, and read with its history", async () => {
  await using h = await harness();
  const [ana, other] = [await h.person(), await h.person()];
  await open(h, other);
  const first = await open(h, ana, {
    description: " Marca E4 ",
    priority: "high",
    labels: ["Garantia", "garantia "],
  });
  assert.equal(first.status, 201, JSON.stringify(first.body));
  const { id } = first.body;
  assert.deepEqual(
    [first.body.number, first.body.reference, first.body.state, first.body.labels, first.body.description],
    [1, "T-1", "new", ["garantia"], "Marca E4"],
  );
  assert.deepEqual([first.headers.get("etag"), first.headers.get("location")], ['"1"', `/api/tickets/${id}`]);
  assert.equal((await open(h, ana)).body.number, 2);
  const read = await h.request("GET", `/api/tickets/${id}`, { token: ana.token });
  assert.deepEqual([read.status, read.body.created_by], [200, ana.userId]);
  const opened = { action: "opened", actor_kind: "user", actor_id: ana.userId, changes: {} };
  assert.deepEqual(read.body.history, [{ ...opened, at: read.body.created_at }]);
  const told = await h.system.db.select().from(events).where(eq(events.subjectId, id));
  assert.deepEqual(told.map(({ type, conversationId }) => [type, conversationId]), [["ticket.opened", null]]);
  const kept = await h.system.db.select().from(auditLog).where(eq(auditLog.subjectId, id));
  assert.deepEqual(kept.map(({ action }) => action), ["ticket.open"]);
  assert.equal((await h.request("GET", `/api/tickets/${id}`, { token: other.token })).status, 404);
});

Deno.test("a history is paged from the latest change to the opening, whichever page that falls on", async () => {
  await using h = await harness();
  const ana = await h.person();
  const { token } = ana;
  const { id } = (await open(h, ana)).body;
  for (const priority of ["high", "low", "urgent"]) {
    await h.request("PUT", `/api/tickets/${id}`, { token, body: { priority } });
  }
  for (const limit of [1, 2, 3, 4, 5]) {
    const seen: string[] = [];
    let cursor = "";
    do {
      const path = `/api/tickets/${id}/history?limit=${limit}${cursor}`;
      const { body } = await h.request("GET", path, { token });
      seen.push(...body.data.map((one: { action: string }) => one.action));
      cursor = body.next_cursor === null ? "" : `&cursor=${body.next_cursor}`;
    } while (cursor !== "");
    assert.deepEqual(seen, ["updated", "updated", "updated", "opened"], `by ${limit}`);
  }
});

Deno.test("bad fields of a ticket are 422, each one named", async () => {
  await using h = await harness();
  const ana = await h.person();
  const bad = await open(h, ana, {
    subject: " ",
    priority: "extreme",
    labels: [""],
    description: "x".repeat(50_001),
  });
  assert.equal(bad.status, 422);
  assert.deepEqual(
    bad.body.errors.map(({ path }: { path: string }) => path).sort(),
    ["description", "labels.0", "priority", "subject"],
  );
  const nobody = await open(h, ana, { contact_id: "con_none" });
  assert.deepEqual([nobody.status, nobody.body.errors[0].path], [422, "contact_id"]);
  const nowhere = await open(h, ana, { conversation_id: "cnv_none" });
  assert.deepEqual([nowhere.status, nowhere.body.errors[0].path], [422, "conversation_id"]);
  const { body: { id } } = await open(h, ana);
  for (const when of ["2027-02-31T09:00:00Z", "tomorrow", 12]) {
    const answer = await put(h, ana, id, { state: "scheduled", scheduled_for: when });
    assert.deepEqual([answer.status, answer.body.errors[0].path], [422, "scheduled_for"], String(when));
    if (typeof when === "string") assert.match(answer.body.errors[0].message, /such as \d{4}-/);
  }
  assert.equal((await put(h, ana, id, { state: "scheduled" })).status, 422, "no time");
  const past = { state: "scheduled", scheduled_for: new Date(h.clock.now()).toISOString() };
  assert.equal((await put(h, ana, id, past)).status, 422);
  assert.equal((await put(h, ana, id, { scheduled_for: "2028-01-01T00:00:00Z" })).status, 422);
});

Deno.test("only legal transitions are made; any other is 409 with the legal ones", async () => {
  await using h = await harness();
  const ana = await h.person();
  const to = { scheduled_for: new Date(h.clock.now() + DAY).toISOString() };
  const bodyOf = (state: string) => state === "scheduled" ? { state, ...to } : { state };
  for (const [from, legal] of Object.entries(TRANSITIONS)) {
    for (const state of Object.keys(TRANSITIONS)) {
      const { body: { id } } = await open(h, ana);
      const way = from === "closed" ? ["resolved", "closed"] : from === "new" ? [] : [from];
      for (const step of way) assert.equal((await put(h, ana, id, bodyOf(step))).status, 200, step);
      const { status, body } = await put(h, ana, id, bodyOf(state));
      if (state === from) {
        assert.equal(status, 200, `${from} stays`);
      } else if ((legal as readonly string[]).includes(state)) {
        assert.deepEqual([status, body.state], [200, state], `${from} to ${state}`);
      } else {
        assert.deepEqual([status, body.code, body.allowed], [409, "conflict", legal], `${from} to ${state}`);
      }
    }
  }
});

Deno.test("If-Match lets a change in only under the version that was read; a change of nothing makes no version", async () => {
  await using h = await harness();
  const ana = await h.person();
  const { body: { id } } = await open(h, ana);
  const changed = await put(h, ana, id, { priority: "urgent" }, { "if-match": '"1"' });
  assert.deepEqual([changed.status, changed.body.version, changed.headers.get("etag")], [200, 2, '"2"']);
  const late = await put(h, ana, id, { priority: "low" }, { "if-match": '"1"' });
  assert.deepEqual([late.status, late.body.code, late.body.version], [412, "precondition_failed", 2]);
  assert.equal((await put(h, ana, id, { priority: "low" }, { "if-match": '"x"' })).status, 412);
  assert.equal((await put(h, ana, id, { priority: "urgent" }, { "if-match": "*" })).body.version, 2);
  assert.equal((await put(h, ana, id, { priority: "low" }, { "if-match": '"1", W/"2"' })).body.version, 3);
  const { body } = await h.request("GET", `/api/tickets/${id}/history`, { token: ana.token });
  assert.deepEqual(body.data.map(({ changes }: { changes: unknown }) => changes), [
    { priority: { from: "urgent", to: "low" } },
    { priority: { from: "normal", to: "urgent" } },
    {},
  ]);
  assert.deepEqual([body.data[0].actor_kind, body.data[0].actor_id], ["user", ana.userId]);
});

Deno.test("of two changes of one version at once exactly one is made", async () => {
  await using h = await harness();
  const ana = await h.person();
  const { body: { id } } = await open(h, ana);
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, i) => put(h, ana, id, { subject: `Asunto ${i}` }, { "if-match": '"1"' })),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(7).fill(412)]);
});

Deno.test("a scheduled ticket opens at its time, and not before when it was moved", async () => {
  await using h = await harness();
  const ana = await h.person();
  const { body: { id } } = await open(h, ana);
  const at = (ms: number) => new Date(h.clock.now() + ms).toISOString();
  await put(h, ana, id, { state: "scheduled", scheduled_for: at(HOUR) });
  assert.equal((await put(h, ana, id, { scheduled_for: at(3 * HOUR) })).status, 200);
  h.clock.advance(2 * HOUR);
  await work(h, ticketHandlers);
  const state = async () => (await h.request("GET", `/api/tickets/${id}`, { token: ana.token })).body;
  assert.equal((await state()).state, "scheduled");
  h.clock.advance(2 * HOUR);
  await work(h, ticketHandlers);
  const woken = await state();
  assert.deepEqual([woken.state, woken.scheduled_for, woken.history[0].action], ["open", null, "woken"]);
});

Deno.test("a scheduled ticket has a timer for each time that it was given, not for each change besides", async () => {
  await using h = await harness();
  const ana = await h.person();
  const { body: { id } } = await open(h, ana);
  const [monday, tuesday] = [1, 2].map((days) => new Date(h.clock.now() + days * DAY).toISOString());
  await put(h, ana, id, { state: "scheduled", scheduled_for: monday });
  for (const label of ["a", "b", "c"]) await put(h, ana, id, { labels: [label] });
  await put(h, ana, id, { scheduled_for: tuesday });
  const timers = (await h.system.db.select().from(jobs)).filter(({ name }) => name === "tickets.wake");
  assert.deepEqual(timers.map(({ runAt }) => new Date(runAt).toISOString()), [monday, tuesday]);
});

Deno.test("a ticket of a conversation answers the customer through it by public comments, and private ones stay inside", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { conversationId } = await shop.say("Se rompió mi caldera");
  const { body: ticket } = await open(h, shop, { conversation_id: conversationId, source: "conversation" });
  assert.ok(ticket.contact_id.startsWith("con_"));
  const say = (body: Body) =>
    h.request("POST", `/api/tickets/${ticket.id}/comments`, { token: shop.token, body });
  const note = await say({ text: "Es cliente de hace años" });
  assert.deepEqual([note.status, note.body.visibility, note.body.message_id], [201, "private", null]);
  const told = await say({ text: "Vamos mañana", visibility: "public", state: "pending_customer" });
  assert.equal(told.status, 201, JSON.stringify(told.body));
  const { body: { data: messages } } = await h.request(
    "GET",
    `/api/conversations/${conversationId}/messages`,
    { token: shop.token },
  );
  assert.deepEqual(messages.map(({ text }: { text: string }) => text), [
    "Se rompió mi caldera",
    "Vamos mañana",
  ]);
  assert.equal(messages[1].id, told.body.message_id);
  const { body: now } = await h.request("GET", `/api/tickets/${ticket.id}`, { token: shop.token });
  assert.equal(now.state, "pending_customer");
  assert.ok(now.first_response_at !== null);
  const page = await h.request("GET", `/api/tickets/${ticket.id}/comments?limit=1`, { token: shop.token });
  assert.deepEqual(page.body.data.map(({ id }: { id: string }) => id), [told.body.id]);
  const older = await h.request(
    "GET",
    `/api/tickets/${ticket.id}/comments?cursor=${page.body.next_cursor}`,
    { token: shop.token },
  );
  assert.deepEqual([older.body.data[0].id, older.body.next_cursor], [note.body.id, null]);
  const streamed = await h.system.db.select().from(events).where(eq(events.conversationId, conversationId));
  assert.ok(
    streamed.every(({ type }) => !type.startsWith("ticket.")),
    "no visitor's stream hears of tickets",
  );
  await h.request("POST", `/api/conversations/${conversationId}/close`, { token: shop.token });
  const unheard = await say({ text: "¿Sigue ahí?", visibility: "public" });
  assert.equal(unheard.status, 409);
  assert.equal(
    (await h.request("GET", `/api/tickets/${ticket.id}/comments`, { token: shop.token })).body.data.length,
    2,
  );
});

Deno.test("a comment mentions the members whose user names it holds, and nobody else", async () => {
  await using h = await harness();
  const [ana, other] = [await h.person(), await h.person()];
  const luis = await h.person({ workspaceId: ana.workspaceId, role: "operator" });
  const { body: { id } } = await open(h, ana);
  const text = `@${luis.userId}. mira esto con @${other.userId}, mail a@${ana.userId}, @nadie`;
  const { body } = await h.request("POST", `/api/tickets/${id}/comments`, {
    token: ana.token,
    body: { text },
  });
  assert.deepEqual(body.mentions, [luis.userId]);
});
