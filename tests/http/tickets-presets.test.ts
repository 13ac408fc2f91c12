import assert from "node:assert/strict";
import { harness } from "../support/harness.ts";
import { deskOf } from "../support/desk.ts";
import { shopDesk } from "./tickets-world.ts";

Deno.test("categories, canned replies, macros and views are kept under names of their own, and who may write them is checked", async () => {
  await using h = await harness();
  const owner = await h.person();
  const desk = deskOf(h, owner);
  const operator = deskOf(h, await h.person({ workspaceId: owner.workspaceId, role: "operator" }));
  const view = { name: "Urgentes", filter: { state: "live", priority: "urgent" }, shared: false };
  const made = await operator.call("POST", "/api/ticket-views", view);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.equal((await operator.call("POST", "/api/ticket-views", { ...view, name: "URGENTES" })).status, 409);
  assert.equal((await desk.call("GET", `/api/ticket-views/${made.body.id}`)).status, 404, "not shared");
  assert.equal((await desk.call("GET", "/api/ticket-views")).body.data.length, 0);
  const shared = await operator.call("PUT", `/api/ticket-views/${made.body.id}`, { shared: true });
  assert.deepEqual([shared.status, shared.body.filter.priority], [200, ["urgent"]]);
  await desk.open({ priority: "urgent" });
  await desk.open();
  const listed = await desk.call("GET", `/api/tickets?view=${made.body.id}`);
  assert.deepEqual(listed.body.data.map(({ number }: { number: number }) => number), [1]);
  assert.equal(
    (await desk.call("GET", `/api/tickets?view=${made.body.id}&priority=low`)).body.data.length,
    0,
  );
  assert.equal((await desk.call("GET", "/api/tickets?view=viw_none")).status, 422);
  assert.equal((await operator.call("POST", "/api/ticket-categories", { name: "x" })).status, 403);
  assert.equal(
    (await desk.call("POST", "/api/ticket-categories", { name: "x", team_id: "tea_none" })).status,
    422,
  );
  const nowhere = { name: "Modelos", filter: { custom: { modelo: "H-200" } } };
  const noField = await operator.call("POST", "/api/ticket-views", nowhere);
  assert.deepEqual([noField.status, noField.body.errors[0].path], [422, "filter.custom.modelo"]);
  const unknown = await desk.call("POST", "/api/canned-replies", { name: "x", text: "Hola {{contact.nme}}" });
  assert.deepEqual([unknown.status, unknown.body.errors[0].path], [422, "text"]);
  assert.equal((await operator.call("DELETE", `/api/ticket-views/${made.body.id}`)).status, 204);
  assert.equal((await operator.call("DELETE", `/api/ticket-views/${made.body.id}`)).status, 404);
  assert.equal(
    (await operator.call("POST", "/api/ticket-views", view)).status,
    201,
    "the name is free again",
  );
});

Deno.test("a canned reply says the customer's name, and a macro does all of its actions or none", async () => {
  await using h = await harness();
  const [shop, desk] = await shopDesk(h);
  const { conversationId } = await shop.say("Hola", {
    contact: { identities: [{ kind: "external", value: "c1" }], name: "Ana" },
  });
  const { body: canned } = await desk.call("POST", "/api/canned-replies", {
    name: "Saludo",
    text: "Hola {{ contact.name }}, su caso es {{ticket.reference}}.",
  });
  const ticket = await desk.open({ conversation_id: conversationId });
  const said = await desk.call("POST", `/api/tickets/${ticket.id}/comments`, {
    canned_reply_id: canned.id,
    visibility: "public",
  });
  assert.equal(said.body.text, "Hola Ana, su caso es T-1.");
  const both = await desk.call("POST", `/api/tickets/${ticket.id}/comments`, {
    text: "x",
    canned_reply_id: canned.id,
  });
  assert.equal(both.status, 422);
  const { body: macro } = await desk.call("POST", "/api/ticket-macros", {
    name: "Duplicado",
    actions: [
      { type: "add_labels", labels: ["duplicado"] },
      { type: "comment", text: "Es el mismo caso" },
      { type: "raise_priority" },
      { type: "set_state", state: "resolved" },
    ],
  });
  const done = await desk.call("POST", `/api/tickets/${ticket.id}/macro`, { macro_id: macro.id });
  assert.deepEqual(
    [done.status, done.body.state, done.body.priority, done.body.labels],
    [200, "resolved", "high", ["duplicado"]],
  );
  const { version } = await desk.ticket(ticket.id);
  const { body: illegal } = await desk.call("POST", "/api/ticket-macros", {
    name: "No se puede",
    actions: [{ type: "add_labels", labels: ["x"] }, {
      type: "set_state",
      state: "scheduled",
      in_minutes: 5,
    }],
  });
  const refused = await desk.call("POST", `/api/tickets/${ticket.id}/macro`, { macro_id: illegal.id });
  assert.deepEqual([refused.status, refused.body.allowed], [409, ["open", "closed"]]);
  const after = await desk.ticket(ticket.id);
  assert.deepEqual([after.version, after.labels], [version, ["duplicado"]]);
  assert.equal(
    (await desk.call("POST", `/api/tickets/${ticket.id}/macro`, { macro_id: "mac_none" })).status,
    404,
  );
});
