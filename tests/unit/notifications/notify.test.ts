import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { contactIdentities, contacts } from "../../../db/schema/conversations.ts";
import { notificationDeliveries } from "../../../db/schema/notifications.ts";
import { events } from "../../../db/schema/log.ts";
import { identify } from "../../../lib/conversations/mod.ts";
import { notify, resendDelivery } from "../../../lib/notifications/mod.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { MINUTE } from "../../../lib/kernel/clock.ts";
import { newId } from "../../../lib/kernel/ids.ts";
import { users } from "../../../db/schema/identity.ts";
import { assigned, openDesk } from "./world.ts";

const data = { number: 7, title: "No <enciende>", link: "https://example.com/t/7?a=1&b=2" };

Deno.test("notify tells a user in the app at once and by mail through the queue, in the user's language", async () => {
  await using desk = await openDesk();
  const { ctx, userId, h } = desk;
  const told = await ctx.transact((tx) => notify(tx, { to: [{ userId }], template: assigned, data }));
  assert.deepEqual(told.deliveries.map(({ channel, state }) => [channel, state]), [
    ["in_app", "delivered"],
    ["email", "pending"],
  ]);
  assert.equal(h.ports.mail.sent.length, 0);
  await desk.settle();
  const [mail] = h.ports.mail.sent;
  assert.equal(mail?.to, `${userId}@example.com`.toLowerCase());
  assert.equal(mail?.subject, "Ticket 7 asignado");
  assert.equal(mail?.id, told.deliveries[1]?.id);
  assert.match(mail?.text ?? "", /No <enciende>/);
  assert.match(mail?.html ?? "", /No &lt;enciende&gt;/);
  assert.match(mail?.html ?? "", /<a href="https:\/\/example.com\/t\/7\?a=1&amp;b=2">/);
  const sent = await desk.delivery(told.deliveries[1]?.id ?? "");
  assert.equal(sent.state, "sent");
  assert.equal(sent.provider, "smtp");
  assert.deepEqual(sent.tries.map(({ outcome }) => outcome), ["accepted"]);
  const live = await h.system.db.select().from(events).where(eq(events.workspaceId, desk.workspaceId));
  assert.ok(live.some(({ type, data }) => type === "notification.in_app" && data["user_id"] === userId));
});

Deno.test("notify speaks English to who reads English", async () => {
  await using desk = await openDesk();
  await desk.h.system.transact((tx) =>
    tx.db.update(users).set({ locale: "en" }).where(eq(users.id, desk.userId))
  );
  await desk.ctx.transact((tx) =>
    notify(tx, {
      to: [{ userId: desk.userId }, { email: "x@example.com", locale: "es" }],
      template: assigned,
      data,
    })
  );
  await desk.settle();
  assert.deepEqual(desk.h.ports.mail.sent.map(({ subject }) => subject).sort(), [
    "Ticket 7 asignado",
    "Ticket 7 assigned",
  ]);
});

Deno.test("the same key is the same notification, and nothing is sent twice", async () => {
  await using desk = await openDesk();
  const once = () =>
    desk.ctx.transact((tx) =>
      notify(tx, { to: [{ email: "ana@example.com" }], template: assigned, data, key: "t7-assigned" })
    );
  const first = await once();
  const second = await once();
  assert.deepEqual([first.repeated, second.repeated], [false, true]);
  assert.equal(second.notificationId, first.notificationId);
  assert.deepEqual(second.deliveries.map(({ id }) => id), first.deliveries.map(({ id }) => id));
  await desk.settle();
  await once();
  await desk.settle();
  assert.equal(desk.h.ports.mail.sent.length, 1);
});

Deno.test("a contact is told in the language that its browser named: en-GB is English", async () => {
  await using desk = await openDesk();
  const told: unknown[] = [];
  for (const locale of ["en-GB", "EN_us", "en", "es-MX", "enm", null]) {
    const { id } = await desk.inside.transact((tx) =>
      identify(tx, { identities: [{ kind: "email", value: `${locale}@example.com` }], locale })
    );
    await desk.ctx.transact((tx) => notify(tx, { to: [{ contactId: id }], template: assigned, data }));
    const deliveries = await desk.h.system.db.select().from(notificationDeliveries)
      .where(eq(notificationDeliveries.contactId, id));
    told.push(...deliveries.map((delivery) => delivery.locale));
  }
  assert.deepEqual(told, ["en", "en", "en", "es", "es", "es"]);
});

Deno.test("who can't be reached is a skipped delivery with the reason, and the others are told", async () => {
  await using desk = await openDesk();
  const stranger = await desk.h.person();
  const [quiet, silent] = [newId("contact"), newId("contact")];
  await desk.inside.transact(async (tx) => {
    const { workspaceId } = tx;
    const row = { workspaceId, name: "Ana", locale: "es", createdAt: 0 };
    await tx.db.insert(contacts).values([
      { ...row, id: quiet, optedOutAt: 1 },
      { ...row, id: silent },
    ]);
    await tx.db.insert(contactIdentities).values({
      id: newId("identity"),
      workspaceId,
      contactId: quiet,
      kind: "email",
      value: "quiet@example.com",
      createdAt: 0,
    });
  });
  const { deliveries } = await desk.ctx.transact((tx) =>
    notify(tx, {
      to: [
        { userId: stranger.userId },
        { contactId: quiet },
        { contactId: silent },
        { contactId: "con_none" },
        { phone: "+525512345678" },
        { email: "ana@example.com" },
        { email: "ana@example.com" },
      ],
      template: assigned,
      data,
    })
  );
  assert.deepEqual(deliveries.map(({ channel, state, reason }) => [channel, state, reason]), [
    ["in_app", "skipped", "not_a_member"],
    ["email", "skipped", "not_a_member"],
    ["email", "skipped", "opted_out"],
    ["email", "skipped", "no_address"],
    ["email", "skipped", "no_such_contact"],
    ["sms", "skipped", "not_configured"],
    ["email", "pending", null],
  ]);
  await desk.settle();
  assert.deepEqual(desk.h.ports.mail.sent.map(({ to }) => to), ["ana@example.com"]);
});

Deno.test("a contact is told over the first channel that reaches it", async () => {
  await using desk = await openDesk();
  const contactId = newId("contact");
  await desk.inside.transact(async (tx) => {
    const { workspaceId } = tx;
    await tx.db.insert(contacts).values({
      id: contactId,
      workspaceId,
      name: "Ana",
      locale: "en",
      createdAt: 0,
    });
    await tx.db.insert(contactIdentities).values({
      id: newId("identity"),
      workspaceId,
      contactId,
      kind: "email",
      value: "ana@example.com",
      createdAt: 0,
    });
  });
  const template = { ...assigned, contactChannels: ["whatsapp", "email"] as const };
  await desk.ctx.transact((tx) => notify(tx, { to: [{ contactId }], template, data }));
  await desk.settle();
  assert.deepEqual(desk.h.ports.mail.sent.map(({ to, subject }) => [to, subject]), [
    ["ana@example.com", "Ticket 7 assigned"],
  ]);
});

Deno.test("data that breaks the template's schema rolls the caller's transaction back", async () => {
  await using desk = await openDesk();
  const wrong = { ...data, number: "x" } as unknown as typeof data;
  await assert.rejects(
    desk.ctx.transact((tx) => notify(tx, { to: [{ userId: desk.userId }], template: assigned, data: wrong })),
    (thrown) => thrown instanceof AppError && thrown.code === "internal",
  );
  assert.equal((await desk.history()).length, 0);
});

Deno.test("a mail server that refuses for now is tried again after the channel's gaps, then it has failed", async () => {
  await using desk = await openDesk();
  const { mail } = desk.h.ports;
  mail.failWith = new AppError("upstream_failed", "The mail could not be sent (451)");
  const { deliveries: [one] } = await desk.ctx.transact((tx) =>
    notify(tx, { to: [{ email: "ana@example.com" }], template: assigned, data })
  );
  const id = one?.id ?? "";
  for (let tries = 1; tries <= 6; tries++) {
    await desk.settle();
    const now = await desk.delivery(id);
    assert.equal(now.attempts, tries);
    if (now.next_try_at === null) break;
    assert.equal(now.state, "pending");
    assert.equal(now.state_reason, "unavailable");
    desk.h.clock.set(Date.parse(now.next_try_at));
  }
  const over = await desk.delivery(id);
  assert.deepEqual([over.state, over.attempts], ["failed", 6]);
  mail.failWith = null;
  await resendDelivery(desk.ctx, id);
  await desk.settle();
  assert.equal((await desk.delivery(id)).state, "sent");
});

Deno.test("a mail that is refused for good has failed at once", async () => {
  await using desk = await openDesk();
  desk.h.ports.mail.failWith = new AppError("upstream_rejected", "The mail server refused the mail (550)");
  await desk.ctx.transact((tx) =>
    notify(tx, { to: [{ email: "ana@example.com" }], template: assigned, data })
  );
  await desk.settle();
  const [only] = await desk.history();
  assert.deepEqual([only?.state, only?.state_reason, only?.attempts], ["failed", "rejected", 1]);
});

Deno.test("a mail that broke off on its way is never sent again by itself, only by a person", async () => {
  await using desk = await openDesk();
  const { mail } = desk.h.ports;
  mail.failWith = new AppError("upstream_timeout", "no answer", { extra: { outcome: "unknown" } });
  await desk.ctx.transact((tx) =>
    notify(tx, { to: [{ email: "ana@example.com" }], template: assigned, data })
  );
  await desk.settle();
  mail.failWith = null;
  desk.h.clock.advance(60 * MINUTE);
  await desk.settle();
  const [only] = await desk.history();
  assert.equal(only?.state, "outcome_unknown");
  assert.equal(mail.sent.length, 0);
  await resendDelivery(desk.ctx, only?.id ?? "");
  await desk.settle();
  assert.equal(mail.sent.length, 1);
  await assert.rejects(
    resendDelivery(desk.ctx, only?.id ?? ""),
    (thrown) => thrown instanceof AppError && thrown.code === "conflict",
  );
});
