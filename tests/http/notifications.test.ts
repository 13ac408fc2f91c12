import assert from "node:assert/strict";
import { createDisabledMailer } from "../../lib/adapters/mail/disabled.ts";
import { harness } from "../support/harness.ts";
import { notificationHandlers } from "../../workers/handlers/notifications.ts";
import { watchStatements } from "../support/statements.ts";
import { work } from "../unit/conversations/talk.ts";

const SEND = "/api/v3/advanced/notifications/send";
const HISTORY = "/api/v3/advanced/notifications/history";

Deno.test("POST .../notifications/send mails, and the history says what became of it", async () => {
  await using h = await harness();
  const ana = await h.person();
  const order = { channel: "email", recipient: "Luis@Example.com", subject: "Hola", message: "Buenos días" };
  const sent = await h.request("POST", SEND, { token: ana.token, body: order });
  assert.equal(sent.status, 202);
  assert.deepEqual([sent.body.state, sent.body.recipient], ["pending", "luis@example.com"]);
  await work(h, notificationHandlers);
  const { body } = await h.request("GET", `${HISTORY}?channel=email&state=sent`, { token: ana.token });
  assert.equal(body.data.length, 1);
  assert.equal(body.data[0].id, sent.body.id);
  const one = await h.request("GET", `${HISTORY}/${sent.body.id}`, { token: ana.token });
  assert.equal(one.body.tries[0].outcome, "accepted");
  assert.equal((await h.request("GET", `${HISTORY}?state=failed`, { token: ana.token })).body.data.length, 0);
  const again = await h.request("POST", `${HISTORY}/${sent.body.id}/resend`, { token: ana.token });
  assert.equal(again.status, 409);
  assert.deepEqual(again.body.allowed, ["failed", "outcome_unknown", "skipped"]);
});

Deno.test("a recipient that the channel can't have is 422 with the field", async () => {
  await using h = await harness();
  const ana = await h.person();
  const stranger = await h.person();
  const wrong = [
    ["email", "nobody"],
    ["email", "a@b.example, c@d.example"],
    ["email", ""],
    ["in_app", "ana"],
    ["in_app", stranger.userId],
    ["in_app", "usr_none"],
    ["email", "con_none"],
    ["email", "a@b.example\r\nBcc: c@d.example"],
  ];
  for (const [channel, recipient] of wrong) {
    const body = { channel, recipient, message: "Hola" };
    const answer = await h.request("POST", SEND, { token: ana.token, body });
    assert.equal(answer.status, 422, `${channel} ${recipient}`);
    assert.equal(answer.body.errors[0].path, "recipient");
  }
  for (
    const body of [{}, { channel: "pigeon", recipient: "x", message: "y" }, {
      channel: "email",
      recipient: "a@b.c",
      message: " ",
    }]
  ) {
    assert.equal((await h.request("POST", SEND, { token: ana.token, body })).status, 422);
  }
});

Deno.test("a channel without its settings is 503 not_configured", async () => {
  await using h = await harness({ ports: { mail: createDisabledMailer() } });
  const ana = await h.person();
  for (const [channel, recipient] of [["email", "a@b.example"], ["sms", "+525512345678"]] as const) {
    const { status, body } = await h.request("POST", SEND, {
      token: ana.token,
      body: { channel, recipient, message: "Hola" },
    });
    assert.deepEqual([status, body.code], [503, "not_configured"], channel);
  }
});

Deno.test("what a user is told in the app is listed, counted and read, by that user alone", async () => {
  await using h = await harness();
  const ana = await h.person();
  const luis = await h.person({ workspaceId: ana.workspaceId, role: "operator" });
  for (const message of ["uno", "dos", "tres"]) {
    const body = { channel: "in_app", recipient: luis.userId, subject: "Aviso", message };
    assert.equal((await h.request("POST", SEND, { token: ana.token, body })).body.state, "delivered");
  }
  const mine = await h.request("GET", "/api/notifications?limit=2", { token: luis.token });
  assert.deepEqual(mine.body.data.map(({ message }: { message: string }) => message), ["tres", "dos"]);
  const rest = await h.request("GET", `/api/notifications?limit=2&cursor=${mine.body.next_cursor}`, {
    token: luis.token,
  });
  assert.deepEqual([rest.body.data[0].message, rest.body.next_cursor], ["uno", null]);
  assert.equal((await h.request("GET", "/api/notifications", { token: ana.token })).body.data.length, 0);
  const [newest] = mine.body.data;
  assert.equal(
    (await h.request("POST", `/api/notifications/${newest.id}/read`, { token: ana.token })).status,
    404,
  );
  const read = await h.request("POST", `/api/notifications/${newest.id}/read`, { token: luis.token });
  assert.ok(read.body.read_at !== null);
  const count = async () =>
    (await h.request("GET", "/api/notifications/unread-count", { token: luis.token })).body;
  assert.deepEqual(await count(), { unread: 2, more: false });
  const unread = await h.request("GET", "/api/notifications?unread=true", { token: luis.token });
  assert.equal(unread.body.data.length, 2);
  assert.deepEqual((await h.request("POST", "/api/notifications/read-all", { token: luis.token })).body, {
    read: 2,
  });
  assert.deepEqual(await count(), { unread: 0, more: false });
});

Deno.test("POST .../notifications/bulk takes 100,000 recipients in one call and says how far it has come", async () => {
  await using h = await harness();
  const ana = await h.person();
  const recipients = Array.from(
    { length: 100_000 },
    (_, at) => `customer.number.${at}@a-rather-long-domain.example`,
  );
  const body = { channel: "email", recipients, subject: "Hola", message: "El lunes no abrimos." };
  const path = "/api/v3/advanced/notifications/bulk";
  const taken = await h.request("POST", path, { token: ana.token, body });
  assert.equal(taken.status, 202);
  assert.deepEqual([taken.body.total, taken.body.fanned_out, taken.body.state], [100_000, 0, "running"]);
  const cancelled = await h.request("POST", `${path}/${taken.body.id}/cancel`, { token: ana.token });
  assert.equal(cancelled.body.state, "cancelled");
  const state = await h.request("GET", `${path}/${taken.body.id}`, { token: ana.token });
  assert.equal(state.body.state, "cancelled");
  const more = await h.request("POST", path, {
    token: ana.token,
    body: { ...body, recipients: [...recipients, "x@y.z"] },
  });
  assert.equal(more.status, 422);
});

Deno.test("POST /api/admin/notifications tells those named, those of a role or everybody, and is an admin's alone", async () => {
  await using h = await harness();
  const owner = await h.person();
  const luis = await h.person({ workspaceId: owner.workspaceId, role: "operator" });
  const stranger = await h.person();
  const path = "/api/admin/notifications";
  const message = { subject: "Aviso", message: "Mantenimiento" };
  const all = await h.request("POST", path, { token: owner.token, body: message });
  assert.deepEqual([all.status, all.body.users], [202, 2]);
  const operators = await h.request("POST", path, {
    token: owner.token,
    body: { ...message, roles: ["operator"], channels: ["in_app"] },
  });
  assert.deepEqual([operators.body.users, operators.body.deliveries.length], [1, 1]);
  const wrong = await h.request("POST", path, {
    token: owner.token,
    body: { ...message, user_ids: [luis.userId, stranger.userId] },
  });
  assert.deepEqual([wrong.status, wrong.body.errors[0].path], [422, "user_ids.1"]);
  assert.equal((await h.request("POST", path, { token: luis.token, body: message })).status, 403);
  const inbox = await h.request("GET", "/api/notifications", { token: luis.token });
  assert.equal(inbox.body.data.length, 2);
});

Deno.test("the key of a notification to many is no other's: it is refused, and its deliveries are not read", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const recipients = ["a@b.example", "c@d.example", "e@f.example"].map((recipient) => ({ recipient }));
  const bulk = { channel: "email", recipients, message: "Cerramos", key: "k1" };
  await h.request("POST", "/api/advanced/notifications/bulk", { token, body: bulk });
  await work(h, notificationHandlers);
  const read: string[] = [];
  watchStatements(h.ports.database.client, { before: (sql) => read.push(sql) });
  const one = { channel: "email", recipient: "a@b.example", message: "Hola", key: "k1" };
  const everybody = { subject: "Aviso", message: "Hola", key: "k1" };
  for (const [path, body] of [[SEND, one], ["/api/admin/notifications", everybody]] as const) {
    const answer = await h.request("POST", path, { token, body });
    assert.deepEqual([answer.status, answer.body.deliveries], [409, undefined], path);
  }
  assert.deepEqual(read.filter((sql) => /from "notification_deliveries"/.test(sql)), []);
  assert.equal(h.ports.mail.sent.length, 3);
});
