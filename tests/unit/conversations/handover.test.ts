import assert from "node:assert/strict";
import {
  closeConversation,
  type ConversationView,
  getConversation,
  listMessages,
  markRead,
  release,
  reply,
  sendMessage,
  setBusiness,
  takeOver,
} from "../../../lib/conversations/mod.ts";
import { readEvents } from "../../../lib/events/mod.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { MINUTE } from "../../../lib/kernel/clock.ts";
import type { GuardedFetch } from "../../../lib/ports/fetch.ts";
import { harness } from "../../support/harness.ts";
import { openShop, type Shop, work } from "./talk.ts";

const page = { limit: 200 };
const OPEN = { monday: [{ from: "09:00", to: "18:00" }] };
/** The harness's clock stands on Monday, 5 January 2026, 16:00 UTC. */
const ZONE = { timezone: "UTC", hours: OPEN };

function stateOf(shop: Shop, conversationId: string): Promise<ConversationView> {
  return getConversation(shop.ctx, { conversationId });
}

async function lastText(shop: Shop, conversationId: string): Promise<string> {
  return (await listMessages(shop.ctx, { ...page, conversationId })).data.at(-1)?.text ?? "";
}

Deno.test("a wish for a person in Spanish or English hands the conversation over", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  await setBusiness(shop.ctx, ZONE);
  for (
    const [who, text] of [["ana", "Quiero hablar con una persona"], ["bob", "a person, please"]] as const
  ) {
    const { conversationId } = await shop.say(text, { who });
    await shop.settle();
    const conversation = await stateOf(shop, conversationId);
    assert.deepEqual([conversation.state, conversation.handover_reason], ["waiting", "asked"], text);
    assert.notEqual(conversation.waiting_since, null);
  }
});

Deno.test("the business's own phrases hand over, with their own reason", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  await setBusiness(shop.ctx, { ...ZONE, handover_words: ["Gerente de Área"] });
  const { conversationId } = await shop.say("páseme al GERENTE de area!");
  await shop.settle();
  assert.equal((await stateOf(shop, conversationId)).handover_reason, "phrase");
});

Deno.test("the away text is used only when a person is wanted outside business hours", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  await setBusiness(shop.ctx, { ...ZONE, away: "Cerrado: volvemos a las 9." });
  const wanted = await shop.say("quiero una persona");
  await shop.settle();
  assert.doesNotMatch(await lastText(shop, wanted.conversationId), /Cerrado/);
  h.clock.advance(8 * 60 * MINUTE); // Tuesday, 00:00: closed
  const asked = await shop.say("¿Cuál es su horario?", { who: "eva" });
  await shop.settle();
  assert.match(await lastText(shop, asked.conversationId), /8:00 a 19:00/);
  assert.doesNotMatch(await lastText(shop, asked.conversationId), /Cerrado/);
  const late = await shop.say("quiero una persona", { who: "leo" });
  await shop.settle();
  assert.match(await lastText(shop, late.conversationId), /Cerrado: volvemos a las 9\./);
});

Deno.test("while a person has the word the bot is silent; reply takes over and deals with what was open", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { conversationId } = await shop.say("¿Cuál es su horario?");
  const sent = await reply(shop.ctx, { conversationId, text: "De 8 a 19." });
  assert.equal(sent.author, "operator");
  await shop.settle();
  const conversation = await stateOf(shop, conversationId);
  assert.deepEqual([conversation.state, conversation.assignee_id, conversation.unread], [
    "human",
    shop.userId,
    0,
  ]);
  await shop.say("¿Cuál es su horario?");
  await shop.settle();
  const { data } = await listMessages(shop.ctx, { ...page, conversationId });
  assert.deepEqual(data.map(({ author }) => author), ["customer", "operator", "customer"]);
});

Deno.test("release gives the word back and the bot answers what is open", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { conversationId } = await shop.say("hola");
  await takeOver(shop.ctx, { conversationId });
  await shop.say("¿Cuál es su horario?");
  await shop.settle();
  assert.equal((await release(shop.ctx, { conversationId })).state, "bot");
  await shop.settle();
  assert.match(await lastText(shop, conversationId), /8:00 a 19:00/);
});

Deno.test("a human conversation goes back to the bot after the silence that is set, counted from the last word", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  await setBusiness(shop.ctx, { return_to_bot_minutes: 30 });
  const { conversationId } = await shop.say("hola");
  await takeOver(shop.ctx, { conversationId });
  h.clock.advance(20 * MINUTE);
  await reply(shop.ctx, { conversationId, text: "Un momento" });
  h.clock.advance(20 * MINUTE);
  await work(h);
  assert.equal((await stateOf(shop, conversationId)).state, "human");
  h.clock.advance(10 * MINUTE);
  await work(h);
  const back = await stateOf(shop, conversationId);
  assert.deepEqual([back.state, back.assignee_id, back.return_at], ["bot", null, null]);
});

Deno.test("who waits outside business hours does not lose the place before somebody could come", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  await setBusiness(shop.ctx, { ...ZONE, return_to_bot_minutes: 30 });
  h.clock.advance(8 * 60 * MINUTE); // closed until next Monday, 9:00
  const { conversationId } = await shop.say("quiero una persona");
  await shop.settle();
  h.clock.advance(24 * 60 * MINUTE);
  await work(h);
  assert.equal((await stateOf(shop, conversationId)).state, "waiting");
  assert.equal((await stateOf(shop, conversationId)).return_at, "2026-01-12T09:30:00.000Z");
});

Deno.test("an illegal change is refused with 409 and the legal states", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { conversationId } = await shop.say("hola");
  const refused = async (act: Promise<unknown>, allowed: string[]) => {
    await assert.rejects(act, (thrown) => {
      assert.ok(thrown instanceof AppError);
      assert.equal(thrown.status, 409);
      assert.deepEqual(thrown.extra.allowed, allowed);
      return true;
    });
  };
  await refused(release(shop.ctx, { conversationId }), ["waiting", "human", "closed"]);
  await closeConversation(shop.ctx, { conversationId });
  await refused(takeOver(shop.ctx, { conversationId }), []);
  await refused(reply(shop.ctx, { conversationId, text: "hola" }), []);
  await refused(closeConversation(shop.ctx, { conversationId }), []);
});

Deno.test("a closed conversation is not answered; what comes next begins a new one", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const first = await shop.say("¿Cuál es su horario?");
  await closeConversation(shop.ctx, first);
  await shop.settle();
  assert.equal((await listMessages(shop.ctx, { ...page, ...first })).data.length, 1);
  const second = await shop.say("¿Cuál es su horario?");
  assert.notEqual(second.conversationId, first.conversationId);
  await shop.settle();
  assert.match(await lastText(shop, second.conversationId), /8:00 a 19:00/);
});

Deno.test("markRead empties the count, and sendMessage leaves the word with whoever has it", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { conversationId } = await shop.say("hola");
  assert.equal((await markRead(shop.ctx, { conversationId })).unread, 0);
  await sendMessage(shop.ctx, { conversationId, text: "Su técnico va en camino" });
  assert.equal((await stateOf(shop, conversationId)).state, "bot");
  await shop.say("BAJA");
  await assert.rejects(
    sendMessage(shop.ctx, { conversationId, text: "Oferta" }),
    (thrown) => thrown instanceof AppError && thrown.code === "conflict",
  );
});

Deno.test("operators are mailed once each when somebody waits, and not when it was taken meanwhile", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  await h.person({ role: "operator", workspaceId: shop.workspaceId });
  await h.person({ role: "member", workspaceId: shop.workspaceId });
  const { conversationId } = await shop.say("quiero una persona");
  await shop.settle();
  assert.equal(h.ports.mail.sent.length, 2, "owner and operator, not the member");
  assert.equal(new Set(h.ports.mail.sent.map(({ to }) => to)).size, 2);
  assert.match(h.ports.mail.sent[0]?.text ?? "", new RegExp(conversationId));
  await work(h);
  assert.equal(h.ports.mail.sent.length, 2);

  h.ports.mail.failWith = new AppError("upstream_failed", "down");
  const second = await shop.say("quiero una persona", { who: "eva" });
  await shop.settle();
  await takeOver(shop.ctx, second);
  h.ports.mail.failWith = null;
  h.clock.advance(60 * MINUTE);
  await work(h);
  assert.equal(h.ports.mail.sent.length, 2, "nobody waits any more");
});

Deno.test("a failing mail is tried again, and only that one", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  await setBusiness(shop.ctx, { notify: { emails: ["a@example.com", "b@example.com"] } });
  const real = h.ports.mail.send.bind(h.ports.mail);
  let failures = 1;
  h.ports.mail.send = (mail) =>
    mail.to === "b@example.com" && failures-- > 0
      ? Promise.reject(new AppError("upstream_failed", "down"))
      : real(mail);
  await shop.say("quiero una persona");
  await shop.settle();
  assert.deepEqual(h.ports.mail.sent.map(({ to }) => to), ["a@example.com"]);
  h.clock.advance(MINUTE);
  await work(h);
  assert.deepEqual(h.ports.mail.sent.map(({ to }) => to), ["a@example.com", "b@example.com"]);
});

Deno.test("the webhook hears of who waits, through the guarded fetch only", async () => {
  const calls: { url: string; body: Record<string, unknown> }[] = [];
  const guarded: GuardedFetch = Object.assign(
    (url: string, options?: { body?: string | Uint8Array }) => {
      calls.push({ url, body: JSON.parse(String(options?.body)) });
      return Promise.resolve({ status: 204, headers: new Headers(), body: new Uint8Array() });
    },
    {
      check: (url: string) =>
        url.includes("10.0.0.1")
          ? Promise.reject(new AppError("validation_failed", "A private address"))
          : Promise.resolve(),
    },
  );
  await using h = await harness({ ports: { fetch: guarded } });
  const shop = await openShop(h);
  await assert.rejects(setBusiness(shop.ctx, { notify: { webhook_url: "http://10.0.0.1/" } }));
  await setBusiness(shop.ctx, { notify: { webhook_url: "https://hooks.example.com/x" } });
  const { conversationId } = await shop.say("quiero una persona");
  await shop.settle();
  assert.equal(calls.length, 1);
  assert.equal(calls[0]?.body.type, "conversation.waiting");
  assert.match(JSON.stringify(calls[0]?.body), new RegExp(conversationId));
});

Deno.test("every change of state is an event of the conversation", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { conversationId } = await shop.say("hola");
  await takeOver(shop.ctx, { conversationId });
  await release(shop.ctx, { conversationId });
  await closeConversation(shop.ctx, { conversationId });
  const events = await readEvents(shop.inside, {
    after: 0,
    limit: 50,
    conversationId,
    types: ["conversation.changed"],
  });
  const states = events.map(({ data }) => Reflect.get(Object(data.conversation), "state"));
  assert.deepEqual(states, ["human", "bot", "closed"]);
});

Deno.test("a flood of chats that want a person does not flood a mailbox, and nobody who waits is forgotten", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  for (let n = 0; n < 80; n++) await shop.say("quiero una persona", { who: `visitor-${n}` });
  await shop.settle();
  const sent = () => h.ports.mail.sent.length;
  const limit = sent();
  assert.ok(limit < 80, `${limit} of 80 at once`);
  for (let turn = 0; turn < 4; turn++) {
    h.clock.advance(10 * 60_000);
    await work(h);
  }
  assert.equal(sent(), 80);
});

Deno.test("a time of return that is set after the take-over counts from the next word of either side", async () => {
  for (const speaks of ["operator", "customer"] as const) {
    await using h = await harness();
    const shop = await openShop(h);
    await setBusiness(shop.ctx, { return_to_bot_minutes: 0 });
    const { conversationId } = await shop.say("hola");
    await shop.settle();
    await takeOver(shop.ctx, { conversationId });
    await setBusiness(shop.ctx, { return_to_bot_minutes: 5 });
    if (speaks === "operator") await reply(shop.ctx, { conversationId, text: "Dígame" });
    else await shop.say("¿Sigue ahí?");
    h.clock.advance(5 * 60_000 + 1);
    await work(h);
    assert.equal((await getConversation(shop.ctx, { conversationId })).state, "bot", speaks);
  }
});
