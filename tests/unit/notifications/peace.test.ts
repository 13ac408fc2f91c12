import assert from "node:assert/strict";
import { z } from "zod";
import { calendarOf, isMuted } from "../../../lib/notifications/decide.ts";
import { isOpen, nextOpening, WEEKDAYS } from "../../../lib/business-time/mod.ts";
import {
  defineTemplate,
  myPreferences,
  notify,
  type Peace,
  sendNotification,
  setMyPreferences,
} from "../../../lib/notifications/mod.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { HOUR, MINUTE } from "../../../lib/kernel/clock.ts";
import { assigned, type Desk, openDesk } from "./world.ts";

const data = { number: 7, title: "x", link: "https://x.example" };
const tell = (desk: Desk, more: { priority?: "critical"; template?: typeof assigned } = {}) =>
  desk.ctx.transact((tx) => notify(tx, { to: [{ userId: desk.userId }], template: assigned, data, ...more }));

Deno.test("what a user muted is skipped with the reason, and what is critical comes all the same", async () => {
  await using desk = await openDesk();
  await setMyPreferences(desk.ctx, {
    preferences: [
      { category: "tickets", channel: "*", enabled: false },
      { category: "tickets", channel: "in_app", enabled: true },
    ],
    quiet_hours: null,
  });
  const { deliveries } = await tell(desk);
  assert.deepEqual(deliveries.map(({ channel, state, reason }) => [channel, state, reason]), [
    ["in_app", "delivered", null],
    ["email", "skipped", "muted"],
  ]);
  const critical = await tell(desk, { priority: "critical" });
  assert.deepEqual(critical.deliveries.map(({ state }) => state), ["delivered", "pending"]);
});

Deno.test("the rule that says most counts", () => {
  const rows = [
    { category: "*", channel: "*", enabled: false },
    { category: "*", channel: "email", enabled: true },
    { category: "tickets", channel: "*", enabled: false },
    { category: "tickets", channel: "sms", enabled: true },
  ] as const;
  const muted = (category: string, channel: "email" | "sms" | "push") => isMuted(rows, { category, channel });
  assert.deepEqual(
    [muted("tickets", "sms"), muted("tickets", "email"), muted("news", "email"), muted("news", "push")],
    [false, true, false, true],
  );
  assert.equal(isMuted([], { category: "x", channel: "email" }), false);
});

Deno.test("in quiet hours a mail waits until they end, on the reader's own clock; the app and what is critical don't", async () => {
  await using desk = await openDesk(); // Monday 2026-01-05 16:00 UTC is 10:00 in Mexico City
  await setMyPreferences(desk.ctx, {
    preferences: [],
    quiet_hours: { timezone: "America/Mexico_City", from: "09:30", to: "11:00", days: [] },
  });
  const { deliveries: [app, mail] } = await tell(desk);
  assert.equal(app?.state, "delivered");
  assert.deepEqual([mail?.state, mail?.reason], ["pending", "quiet_hours"]);
  await desk.settle();
  assert.equal(desk.h.ports.mail.sent.length, 0);
  assert.equal((await desk.delivery(mail?.id ?? "")).next_try_at, "2026-01-05T17:00:00.000Z");
  await tell(desk, { priority: "critical" });
  await desk.settle();
  assert.equal(desk.h.ports.mail.sent.length, 1);
  desk.h.clock.advance(HOUR);
  await desk.settle();
  assert.equal(desk.h.ports.mail.sent.length, 2);
});

Deno.test("quiet hours over midnight, quiet days and none at all are what they say", () => {
  const at = (time: string) => Date.parse(`${time}Z`);
  const night = calendarOf({ timezone: "UTC", from: "22:00", to: "07:00", days: [] });
  assert.deepEqual(
    ["2026-01-05T21:59", "2026-01-05T22:00", "2026-01-06T06:59", "2026-01-06T07:00"].map((time) =>
      isOpen(night, at(time))
    ),
    [true, false, false, true],
  );
  const noon = calendarOf({ timezone: "UTC", from: "13:00", to: "15:00", days: [] });
  assert.deepEqual(
    ["2026-01-05T12:59", "2026-01-05T13:00", "2026-01-05T15:00", "2026-01-06T02:00"].map((time) =>
      isOpen(noon, at(time))
    ),
    [true, false, true, true],
  );
  const weekend = calendarOf({ timezone: "UTC", from: null, to: null, days: ["saturday", "sunday"] });
  assert.equal(nextOpening(weekend, at("2026-01-10T12:00")), at("2026-01-12T00:00"));
  assert.equal(
    isOpen(calendarOf({ timezone: "UTC", from: "08:00", to: "08:00", days: [] }), at("2026-01-05T08:00")),
    true,
  );
});

Deno.test("preferences that can't be are refused with their path, and what is set is what is read", async () => {
  await using desk = await openDesk();
  const quiet = { timezone: "America/Monterrey", from: "22:00", to: "07:00", days: [] };
  const rule = { category: "tickets", channel: "email", enabled: false } as const;
  const wrong: [string, Peace][] = [
    ["quiet_hours.timezone", { preferences: [], quiet_hours: { ...quiet, timezone: "Mars/Base" } }],
    ["quiet_hours.to", { preferences: [], quiet_hours: { ...quiet, to: null } }],
    ["quiet_hours.days", { preferences: [], quiet_hours: { ...quiet, days: [...WEEKDAYS] } }],
    ["preferences.1", { preferences: [rule, { ...rule, enabled: true }], quiet_hours: null }],
  ];
  for (const [path, peace] of wrong) {
    await assert.rejects(
      setMyPreferences(desk.ctx, peace),
      (thrown) => thrown instanceof AppError && thrown.errors[0]?.path === path,
    );
  }
  const set = await setMyPreferences(desk.ctx, { preferences: [rule], quiet_hours: quiet });
  assert.deepEqual(await myPreferences(desk.ctx), set);
});

const noisy = defineTemplate({
  ...assigned,
  name: "ticket.commented",
  userChannels: ["email"],
  throttle: { limit: 2, windowMs: HOUR },
});

Deno.test("what comes too often to one address is skipped until the window is over", async () => {
  await using desk = await openDesk();
  const states = [];
  for (let n = 0; n < 4; n++) states.push((await tell(desk, { template: noisy })).deliveries[0]?.reason);
  assert.deepEqual(states, [null, null, "throttled", "throttled"]);
  desk.h.clock.advance(HOUR);
  assert.equal((await tell(desk, { template: noisy })).deliveries[0]?.reason, null);
});

const gathered = defineTemplate({
  name: "ticket.watched",
  category: "tickets",
  userChannels: ["email", "in_app"],
  schema: z.object({ number: z.int() }),
  texts: {
    es: { subject: "Ticket {{number}} cambió", text: "Vea el ticket {{number}}." },
    en: { subject: "Ticket {{number}} changed", text: "See ticket {{number}}." },
  },
  digest: { windowMs: 10 * MINUTE },
  example: { number: 1 },
});

Deno.test("a digest tells in one mail what came within its window, once, and a single one as it is", async () => {
  await using desk = await openDesk();
  const watch = (number: number) =>
    desk.ctx.transact((tx) =>
      notify(tx, { to: [{ userId: desk.userId }], template: gathered, data: { number } })
    );
  await Promise.all([watch(1), watch(2)]);
  desk.h.clock.advance(5 * MINUTE);
  await watch(3);
  await desk.settle();
  assert.equal(desk.h.ports.mail.sent.length, 0);
  desk.h.clock.advance(5 * MINUTE);
  await desk.settle();
  const [mail] = desk.h.ports.mail.sent;
  assert.equal(desk.h.ports.mail.sent.length, 1);
  assert.equal(mail?.subject, "3 avisos: Ticket 1 cambió");
  for (const number of [1, 2, 3]) assert.match(mail?.text ?? "", new RegExp(`Vea el ticket ${number}\\.`));
  const merged = (await desk.history()).filter(({ state_reason }) => state_reason?.startsWith("merged into"));
  assert.equal(merged.length, 3);
  await watch(4);
  desk.h.clock.advance(10 * MINUTE);
  await desk.settle();
  assert.equal(desk.h.ports.mail.sent[1]?.subject, "Ticket 4 cambió");
  desk.h.clock.advance(HOUR);
  await desk.settle();
  assert.equal(desk.h.ports.mail.sent.length, 2);
});

Deno.test("a workspace's own template says how often and how closely together it tells", async () => {
  await using desk = await openDesk();
  const save = async (more: object) => {
    const texts = { es: { subject: "Ticket {{number}}", text: "Vea el ticket {{number}}." } };
    const variables = { number: { type: "number" } };
    const body = { name: "own", variables, texts, ...more };
    return (await desk.h.request("POST", "/api/notifications/templates", { token: desk.token, body }));
  };
  const gathered = await save({ digest_minutes: 10 });
  assert.deepEqual([gathered.status, gathered.body.digest_minutes, gathered.body.throttle], [201, 10, null]);
  assert.equal((await save({ name: "few", throttle: { limit: 2, minutes: 60 } })).status, 201);
  const bad = await save({ name: "bad", digest_minutes: -1, throttle: { limit: 0, minutes: 5 } });
  assert.deepEqual(bad.body.errors.map(({ path }: { path: string }) => path), [
    "throttle.limit",
    "digest_minutes",
  ]);
  const frame = await save({
    name: "frame",
    kind: "layout",
    digest_minutes: 5,
    texts: { es: { html: "{{content}}" } },
  });
  assert.deepEqual([frame.status, frame.body.errors[0].path], [422, "digest_minutes"]);
  const send = async (template: string, number: number, more = {}) =>
    (await sendNotification(desk.ctx, {
      channel: "email",
      recipient: "eva@example.com",
      template,
      data: { number },
      ...more,
    })).state_reason;
  for (const number of [1, 2]) assert.equal(await send("own", number), "digest");
  assert.equal(await send("own", 3, { priority: "critical" }), null);
  await desk.settle();
  assert.deepEqual(desk.h.ports.mail.sent.map(({ subject }) => subject), ["Ticket 3"]);
  desk.h.clock.advance(10 * MINUTE);
  await desk.settle();
  assert.equal(desk.h.ports.mail.sent[1]?.subject, "2 avisos: Ticket 1");
  const reasons = [];
  for (const number of [1, 2, 3]) reasons.push(await send("few", number));
  assert.deepEqual(reasons, [null, null, "throttled"]);
});

Deno.test("words of one's own for a built-in template bring their pace, but a mail of a thread goes alone", async () => {
  await using desk = await openDesk();
  await desk.h.request("POST", "/api/notifications/templates", {
    token: desk.token,
    body: {
      name: assigned.name,
      texts: { es: { subject: "{{reference}}", text: "Vea {{subject}}" } },
      digest_minutes: 10,
    },
  });
  const mail = (more: object) =>
    desk.ctx.transact((tx) =>
      notify(tx, { to: [{ email: "eva@example.com" }], template: assigned, data, ...more })
    );
  assert.equal((await mail({})).deliveries[0]?.reason, "digest");
  assert.equal((await mail({ mail: { inReplyTo: "<a@b>" } })).deliveries[0]?.reason, null);
});

Deno.test("what would come too late after quiet hours is not sent", async () => {
  await using desk = await openDesk();
  await setMyPreferences(desk.ctx, {
    preferences: [],
    quiet_hours: { timezone: "America/Mexico_City", from: "09:30", to: "11:00", days: [] },
  });
  const remind = (until: number) =>
    desk.ctx.transact((tx) => notify(tx, { to: [{ userId: desk.userId }], template: assigned, data, until }));
  const reasons = async (until: number) => (await remind(until)).deliveries.map(({ reason }) => reason);
  const now = desk.h.clock.now(); // 10:00 there
  assert.deepEqual(await reasons(now + 30 * MINUTE), [null, "too_late"], "the app says it at once");
  assert.deepEqual(await reasons(now + 2 * HOUR), [null, "quiet_hours"]);
});
