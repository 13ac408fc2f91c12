import assert from "node:assert/strict";
import { createGuardedFetch } from "../../../lib/adapters/fetch/guarded.ts";
import { newId } from "../../../lib/kernel/ids.ts";
import { sendNotification, subscribePush } from "../../../lib/notifications/mod.ts";
import type { ChatChannel, NotifyChannel } from "../../../lib/notifications/schemas.ts";
import { upsertChatAddress } from "../../../lib/notifications/store-addresses.ts";
import { selectSubscriptionsOf } from "../../../lib/notifications/store-push.ts";
import { startFakeDiscord, startFakeSlack, startFakeTeams } from "../../support/fakes/chat-vendors.ts";
import { createBrowser, startFakePush, vapidKeys } from "../../support/fakes/push.ts";
import { startFakeResend } from "../../support/fakes/resend.ts";
import { signTwilio, startFakeTwilio } from "../../support/fakes/twilio.ts";
import { createDisabledMailer } from "../../../lib/adapters/mail/disabled.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { HOUR, MINUTE } from "../../../lib/kernel/clock.ts";
import { type Desk, openDesk } from "./world.ts";

const loopback = () => ({ fetch: createGuardedFetch({ allowLoopbackForTests: true }) });

async function keepAddress(desk: Desk, channel: ChatChannel, url: string, name = "default"): Promise<void> {
  const id = newId("chatAddress");
  const sealed = await desk.h.ports.secrets.seal(url, id);
  await desk.inside.transact((tx) => upsertChatAddress(tx, { id, channel, name, url: sealed }));
}

const send = (
  desk: Desk,
  channel: NotifyChannel,
  recipient: string,
  message = "Se cayó <b> & *todo* [aquí](https://mal.example)",
) => sendNotification(desk.ctx, { channel, recipient, subject: "Aviso", message });

const VENDORS = { slack: startFakeSlack, teams: startFakeTeams, discord: startFakeDiscord } as const;

for (const channel of ["slack", "teams", "discord"] as const) {
  Deno.test(`${channel} is told at the address of its name, in the form that it takes`, async () => {
    await using desk = await openDesk({ ports: loopback() });
    await using vendor = VENDORS[channel]();
    await assert.rejects(
      send(desk, channel, "soporte"),
      (thrown) => thrown instanceof AppError && thrown.code === "not_configured",
    );
    await keepAddress(desk, channel, vendor.url, "soporte");
    const { id } = await send(desk, channel, "#Soporte");
    await desk.settle();
    const sent = await desk.delivery(id);
    assert.equal(sent.state, channel === "teams" ? "sent" : "delivered", sent.tries[0]?.detail ?? "");
    assert.equal(vendor.requests.length, 1);
    const text = vendor.requests[0]?.text ?? "";
    assert.ok(!text.includes("<b>") || channel !== "slack");
    assert.ok(!text.includes("[aquí](") || channel === "slack", "no link shows other words than its own");
    assert.ok(!JSON.stringify(sent).includes(vendor.url));
  });

  Deno.test(`${channel}: a refusal ends it, a limit waits, no answer is for a person, and long words are cut`, async () => {
    await using desk = await openDesk({ ports: loopback() });
    await using vendor = VENDORS[channel]();
    await keepAddress(desk, channel, vendor.url);
    vendor.next(
      { do: "answer", status: 400, body: "invalid" },
      { do: "answer", status: 429, body: '{"retry_after": 70}', headers: { "retry-after": "70" } },
      { do: "drop" },
    );
    const refused = await send(desk, channel, "default");
    await desk.settle();
    assert.equal((await desk.delivery(refused.id)).state, "failed");
    const limited = await send(desk, channel, "default");
    await desk.settle();
    const waits = await desk.delivery(limited.id);
    assert.deepEqual([waits.state, waits.tries[0]?.reason], ["pending", "rate_limited"]);
    assert.ok(Date.parse(waits.next_try_at ?? "") >= desk.h.clock.now() + 70_000);
    const dropped = await send(desk, channel, "default");
    await desk.settle();
    assert.equal((await desk.delivery(dropped.id)).state, "outcome_unknown");
    desk.h.clock.advance(2 * HOUR);
    await desk.settle();
    assert.ok(["sent", "delivered"].includes((await desk.delivery(limited.id)).state));
    const long = await send(desk, channel, "default", "ñ😀".repeat(15_000));
    await desk.settle();
    assert.ok(["sent", "delivered"].includes((await desk.delivery(long.id)).state));
    assert.equal((await desk.delivery(dropped.id)).state, "outcome_unknown");
  });
}

Deno.test("an SMS goes out once, and Twilio's signed statuses say what became of it", async () => {
  await using vendor = startFakeTwilio();
  await using desk = await openDesk({ env: { ...vendor.env, PUBLIC_URL: "https://cauce.example" } });
  const { id } = await send(desk, "sms", "+52 55 1234 5678");
  await desk.settle();
  const sent = await desk.delivery(id);
  assert.deepEqual([sent.state, sent.recipient, sent.provider], ["sent", "+525512345678", "twilio"]);
  const url = "https://cauce.example/api/hooks/twilio";
  const form = new URLSearchParams(vendor.requests[0]?.text);
  assert.equal(form.get("StatusCallback"), url);
  const report = async (fields: Record<string, string>, signature?: string) =>
    await desk.h.request("POST", "/api/hooks/twilio", {
      body: new URLSearchParams(fields).toString(),
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": signature ?? signTwilio(url, fields),
      },
    });
  const MessageSid = sent.external_id ?? "";
  assert.equal((await report({ MessageSid, MessageStatus: "delivered" }, "rubbish")).status, 401);
  assert.equal((await report({ MessageSid, MessageStatus: "delivered" })).status, 204);
  assert.equal((await report({ MessageSid, MessageStatus: "sent" })).status, 204);
  await desk.settle();
  assert.equal((await desk.delivery(id)).state, "delivered");
  const other = await send(desk, "sms", "+525512345679");
  await desk.settle();
  const sid = (await desk.delivery(other.id)).external_id ?? "";
  await report({ MessageSid: sid, MessageStatus: "undelivered", ErrorCode: "30003" });
  await desk.settle();
  const failed = await desk.delivery(other.id);
  assert.deepEqual([failed.state, failed.state_reason], ["failed", "provider_failed (30003)"]);
});

Deno.test("an SMS whose call broke off is never repeated, and a number that Twilio refuses has failed", async () => {
  await using vendor = startFakeTwilio();
  await using desk = await openDesk({ env: vendor.env });
  vendor.next({ do: "drop" });
  const { id } = await send(desk, "sms", "+525512345678");
  await desk.settle();
  desk.h.clock.advance(24 * HOUR);
  await desk.settle();
  assert.equal((await desk.delivery(id)).state, "outcome_unknown");
  assert.equal(vendor.requests.length, 1);
  vendor.next({ do: "answer", status: 400, body: '{"code":21610,"message":"unsubscribed"}' });
  const refused = await send(desk, "sms", "+525512345679");
  await desk.settle();
  const { state, state_reason } = await desk.delivery(refused.id);
  assert.deepEqual([state, state_reason], ["failed", "invalid_recipient (21610)"]);
});

Deno.test("a push is read by the browser alone, on each of the user's, and a browser that is gone is forgotten", async () => {
  const keys = await vapidKeys();
  await using vendor = await startFakePush(keys.publicKey);
  await using desk = await openDesk({
    ports: { fetch: vendor.fetch },
    env: {
      VAPID_PUBLIC_KEY: keys.publicKey,
      VAPID_PRIVATE_KEY: keys.privateKey,
      VAPID_SUBJECT: "mailto:ops@cauce.example",
    },
  });
  const browsers = await Promise.all([createBrowser(), createBrowser()]);
  for (const [at, keys] of browsers.entries()) {
    await subscribePush(desk.ctx, { endpoint: vendor.endpoint(String(at)), ...keys, userAgent: null });
  }
  await send(desk, "push", desk.userId, "ñandú ".repeat(2000));
  await desk.settle();
  assert.equal(vendor.requests.length, 2);
  for (const { url, bytes, headers } of vendor.requests) {
    const browser = browsers[Number(url.pathname.split("/").at(-1))];
    const said = JSON.parse(await browser?.decrypt(bytes) ?? "{}");
    assert.equal(said.title, "Aviso");
    assert.match(said.body, /^ñandú .*…$/);
    assert.equal(headers.get("urgency"), "normal");
    assert.ok(!new TextDecoder().decode(bytes).includes("ñandú"));
  }
  vendor.next({ do: "answer", status: 410 });
  await send(desk, "push", desk.userId);
  await desk.settle();
  assert.equal((await selectSubscriptionsOf(desk.inside, desk.userId)).length, 1);
  const states = (await desk.history()).slice(0, 2).map(({ state }) => state).sort();
  assert.deepEqual(states, ["failed", "sent"]);
});

Deno.test("mail goes to the next provider when the first one fails, and a repetition is one mail there", async () => {
  await using vendor = startFakeResend();
  await using desk = await openDesk({ env: vendor.env });
  desk.h.ports.mail.failWith = new AppError("upstream_failed", "The mail could not be sent (421)");
  vendor.next({ do: "answer", status: 503, headers: { "retry-after": "1" } });
  const { id } = await send(desk, "email", "ana@example.com");
  await desk.settle();
  assert.equal((await desk.delivery(id)).state, "pending");
  desk.h.clock.advance(2 * MINUTE);
  await desk.settle();
  const sent = await desk.delivery(id);
  assert.equal(sent.state, "sent");
  assert.deepEqual(sent.tries.map(({ provider, outcome }) => [provider, outcome]), [
    ["smtp", "again"],
    ["resend", "again"],
    ["smtp", "again"],
    ["resend", "accepted"],
  ]);
  assert.deepEqual([...vendor.mails.keys()], [id]);
});

Deno.test("mail is tried in the order of the settings, and what is left out is not tried", async () => {
  await using vendor = startFakeResend();
  await using desk = await openDesk({ env: { ...vendor.env, MAIL_PROVIDERS: "resend,smtp" } });
  vendor.next({ do: "answer", status: 503 });
  const { id } = await send(desk, "email", "ana@example.com");
  await desk.settle();
  const sent = await desk.delivery(id);
  assert.deepEqual(sent.tries.map(({ provider, outcome, reason }) => [provider, outcome, reason]), [
    ["resend", "again", "unavailable"],
    ["smtp", "accepted", null],
  ]);
  assert.deepEqual([sent.state, sent.provider, desk.h.ports.mail.sent.length], ["sent", "smtp", 1]);

  await using only = await openDesk({ env: { ...vendor.env, MAIL_PROVIDERS: "resend" } });
  vendor.next({ do: "answer", status: 503 });
  const waits = await send(only, "email", "ana@example.com");
  await only.settle();
  assert.deepEqual((await only.delivery(waits.id)).tries.map(({ provider }) => provider), ["resend"]);
  assert.equal(only.h.ports.mail.sent.length, 0);
});

Deno.test("a refusal of a mail that is final is not tried at the next provider", async () => {
  await using vendor = startFakeResend();
  await using desk = await openDesk({ env: { ...vendor.env, MAIL_PROVIDERS: "resend,smtp" } });
  vendor.next({ do: "answer", status: 422, body: '{"name":"validation_error","message":"no such address"}' });
  const { id } = await send(desk, "email", "ana@example.com");
  await desk.settle();
  const over = await desk.delivery(id);
  assert.deepEqual([over.state, over.tries.length, over.tries[0]?.reason], ["failed", 1, "rejected"]);
  assert.equal(desk.h.ports.mail.sent.length, 0);
});

Deno.test("a mail that a provider may have taken is asked of that one alone, whatever fails there then", async () => {
  await using vendor = startFakeResend();
  await using desk = await openDesk({ env: { ...vendor.env, MAIL_PROVIDERS: "resend,smtp" } });
  vendor.next({ do: "drop" }, { do: "answer", status: 503 });
  const { id } = await send(desk, "email", "ana@example.com");
  for (let at = 0; at < 3; at++) {
    await desk.settle();
    desk.h.clock.advance(HOUR);
  }
  const sent = await desk.delivery(id);
  assert.deepEqual(sent.tries.map(({ provider, outcome, reason }) => [provider, outcome, reason]), [
    ["resend", "again", "outcome_unknown"],
    ["resend", "again", "unavailable"],
    ["resend", "accepted", null],
  ]);
  assert.deepEqual([vendor.mails.size, desk.h.ports.mail.sent.length], [1, 0]);

  vendor.always({ do: "answer", status: 503 });
  vendor.next({ do: "drop" });
  const doubtful = await send(desk, "email", "luis@example.com");
  for (let at = 0; at < 7; at++) {
    await desk.settle();
    desk.h.clock.advance(7 * HOUR);
  }
  assert.equal((await desk.delivery(doubtful.id)).state, "outcome_unknown", "it may have arrived");

  vendor.next({ do: "drop" });
  const removed = await send(desk, "email", "eva@example.com");
  await desk.settle();
  const email = desk.h.ports.notify.email.filter(({ name }) => name === "smtp");
  Object.assign(desk.h.ports, { notify: { ...desk.h.ports.notify, email } });
  desk.h.clock.advance(HOUR);
  await desk.settle();
  const left = await desk.delivery(removed.id);
  assert.deepEqual([left.state, left.state_reason], ["outcome_unknown", "provider_removed"]);
  assert.equal(desk.h.ports.mail.sent.length, 0);
});

Deno.test("mail over HTTP alone: no answer is asked again under the same key, so it is one mail", async () => {
  await using vendor = startFakeResend();
  await using desk = await openDesk({ env: vendor.env, ports: { mail: createDisabledMailer() } });
  vendor.next({ do: "drop" });
  const { id } = await send(desk, "email", "ana@example.com");
  await desk.settle();
  assert.equal((await desk.delivery(id)).state, "pending");
  desk.h.clock.advance(2 * MINUTE);
  await desk.settle();
  assert.equal((await desk.delivery(id)).state, "sent");
  assert.equal(vendor.requests.length, 2);
  assert.equal(vendor.mails.size, 1);
});
