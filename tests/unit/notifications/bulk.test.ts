import assert from "node:assert/strict";
import { AppError } from "../../../lib/kernel/errors.ts";
import { DAY } from "../../../lib/kernel/clock.ts";
import {
  cancelBulk,
  getBulk,
  listBulks,
  sendBulk,
  sweepNotifications,
} from "../../../lib/notifications/mod.ts";
import { startFakeTwilio } from "../../support/fakes/twilio.ts";
import { openDesk } from "./world.ts";

const phones = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ recipient: `+52551${1000000 + at}` }));

Deno.test("one call tells many, each address once, and says how far it has come", async () => {
  await using vendor = startFakeTwilio();
  await using desk = await openDesk({ env: vendor.env });
  const recipients = [...phones(1200), ...phones(3), { recipient: "+52 55 1100 0001" }];
  const taken = await sendBulk(desk.ctx, {
    channel: "sms",
    recipients,
    message: "Cerramos el lunes",
    key: "k1",
  });
  assert.deepEqual([taken.state, taken.total, taken.fanned_out], ["running", 1200, 0]);
  await desk.settle();
  const done = await getBulk(desk.ctx, taken.id);
  assert.deepEqual([done.state, done.fanned_out, done.states], ["done", 1200, { sent: 1200 }]);
  const told = vendor.requests.map(({ text }) => new URLSearchParams(text).get("To"));
  assert.equal(told.length, 1200);
  assert.equal(new Set(told).size, 1200);
  const again = await sendBulk(desk.ctx, {
    channel: "sms",
    recipients,
    message: "Cerramos el lunes",
    key: "k1",
  });
  assert.equal(again.id, taken.id);
  await desk.settle();
  assert.equal(vendor.requests.length, 1200);
  assert.deepEqual((await listBulks(desk.ctx, { limit: 5 })).data.map(({ id }) => id), [taken.id]);
});

Deno.test("words are filled from each recipient's data, and a missing variable refuses the call with its path", async () => {
  await using desk = await openDesk();
  const recipients = [
    { recipient: "ana@example.com", data: { name: "Ana" } },
    { recipient: "luis@example.com", data: { name: "<Luis>" } },
  ];
  const order = { channel: "email", subject: "Hola {{name}}", message: "{{name}}, cerramos" } as const;
  await sendBulk(desk.ctx, { ...order, recipients });
  await desk.settle();
  const sent = desk.h.ports.mail.sent.map(({ to, subject, html }) => [to, subject, html]);
  assert.deepEqual(sent.sort(), [
    ["ana@example.com", "Hola Ana", "<p>Ana, cerramos</p>"],
    ["luis@example.com", "Hola <Luis>", "<p>&lt;Luis&gt;, cerramos</p>"],
  ]);
  const wrong = [...recipients, { recipient: "eva@example.com" }, {
    recipient: "nobody",
    data: { name: "x" },
  }];
  await assert.rejects(sendBulk(desk.ctx, { ...order, recipients: wrong }), (thrown) => {
    assert.ok(thrown instanceof AppError);
    assert.deepEqual(thrown.errors.map(({ path }) => path), ["recipients.2.data.name", "recipients.3"]);
    return true;
  });
});

Deno.test("what is cancelled and not out yet stays in", async () => {
  await using desk = await openDesk();
  const recipients = Array.from({ length: 700 }, (_, at) => ({ recipient: `c${at}@example.com` }));
  const { id } = await sendBulk(desk.ctx, { channel: "email", recipients, message: "Hola" });
  await cancelBulk(desk.ctx, id);
  await desk.settle();
  assert.equal(desk.h.ports.mail.sent.length, 0);
  assert.equal((await getBulk(desk.ctx, id)).state, "cancelled");
  await assert.rejects(
    cancelBulk(desk.ctx, id),
    (thrown) => thrown instanceof AppError && thrown.code === "conflict",
  );
});

Deno.test("what is old is forgotten in parts, one to many too, and what is not stays", async () => {
  await using vendor = startFakeTwilio();
  await using desk = await openDesk({ env: vendor.env });
  const old = await sendBulk(desk.ctx, { channel: "sms", recipients: phones(1200), message: "Hola" });
  await desk.settle();
  desk.h.clock.advance(181 * DAY);
  const fresh = await sendBulk(desk.ctx, { channel: "sms", recipients: phones(2), message: "Hola" });
  await desk.settle();
  let commits = 0;
  const { system } = desk.h;
  const counting: typeof system = Object.assign(Object.create(system), {
    transact: (verb: Parameters<typeof system.transact>[0]) => (commits++, system.transact(verb)),
  });
  assert.equal((await sweepNotifications(counting)).deleted, 1201);
  assert.equal(commits, 4, "three parts of 500 rows at most, and the marks");
  await assert.rejects(getBulk(desk.ctx, old.id), /There is no bulk notification/);
  assert.deepEqual((await getBulk(desk.ctx, fresh.id)).states, { sent: 2 });
  assert.equal((await desk.history()).length, 2);
});
