import assert from "node:assert/strict";
import {
  ensureAccount,
  getConversation,
  listContacts,
  listConversations,
  listMessages,
  receiveMessage,
  reply,
} from "../../../lib/conversations/mod.ts";
import { readEvents } from "../../../lib/events/mod.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { harness } from "../../support/harness.ts";
import { openShop } from "./talk.ts";

const page = { limit: 200 };
const isCode = (code: string) => (thrown: unknown) => thrown instanceof AppError && thrown.code === code;

Deno.test("receiveMessage under one external id, 100 times in parallel, makes one message and one answer", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const all = await Promise.all(
    Array.from({ length: 100 }, () => shop.say("¿Cuál es su horario?", { externalId: "wamid.1" })),
  );
  assert.equal(new Set(all.map(({ messageId }) => messageId)).size, 1);
  assert.equal(all.filter(({ duplicate }) => !duplicate).length, 1);
  await shop.settle();
  const [first] = all;
  assert.ok(first);
  const { data } = await listMessages(shop.ctx, { ...page, conversationId: first.conversationId });
  assert.deepEqual(data.map(({ direction }) => direction), ["in", "out"]);
});

Deno.test("receiveMessage writes message, counts and event in one commit", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { conversationId, messageId } = await shop.say("hola");
  const conversation = await getConversation(shop.ctx, { conversationId });
  assert.equal(conversation.state, "bot");
  assert.equal(conversation.unread, 1);
  assert.equal(conversation.last_message_text, "hola");
  const events = await readEvents(shop.inside, { after: 0, limit: 50, conversationId });
  assert.deepEqual(events.map(({ type }) => type), ["conversation.opened", "message.received"]);
  assert.equal(events.at(-1)?.subjectId, messageId);
});

Deno.test("receiveMessage joins two contacts when one message carries identifiers of both", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const from = (identities: { kind: "phone" | "whatsapp_lid"; value: string }[]) =>
    shop.say("hola", { contact: { identities } });
  const byLid = await from([{ kind: "whatsapp_lid", value: "123@lid" }]);
  const byPhone = await from([{ kind: "phone", value: "+52 81 1234 5678" }]);
  assert.notEqual(byLid.conversationId, byPhone.conversationId);
  const both = await from([{ kind: "phone", value: "+528112345678" }, {
    kind: "whatsapp_lid",
    value: "123@lid",
  }]);
  assert.equal(both.conversationId, byLid.conversationId);
  const contacts = (await listContacts(shop.ctx, page)).data;
  assert.equal(contacts.length, 1);
  assert.deepEqual(contacts[0]?.identities.map(({ value }) => value).sort(), ["+528112345678", "123@lid"]);
  const open = (await listConversations(shop.ctx, { ...page, state: "open" })).data;
  assert.deepEqual(open.map(({ id }) => id), [both.conversationId]);
  const { data } = await listMessages(shop.ctx, { ...page, conversationId: both.conversationId });
  assert.equal(data.length, 3);
});

Deno.test("receiveMessage never joins people by a user name: it goes to who holds it now", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const from = (lid: string) =>
    shop.say("hola", {
      contact: { identities: [{ kind: "whatsapp_lid", value: lid }, { kind: "username", value: "@Ana" }] },
    });
  const first = await from("1@lid");
  const second = await from("2@lid");
  assert.notEqual(first.conversationId, second.conversationId);
  const holders = (await listContacts(shop.ctx, { ...page, q: "ana" })).data;
  assert.equal(holders.length, 1);
  assert.equal((await getConversation(shop.ctx, second)).contact.id, holders[0]?.id);
});

Deno.test("receiveMessage refuses a text of more than 20,000 characters with 413 and an empty one with 422", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  await assert.rejects(shop.say("😀".repeat(500_000)), isCode("payload_too_large"));
  await assert.rejects(shop.say(" \u0000 "), isCode("validation_failed"));
  assert.equal((await listConversations(shop.ctx, page)).data.length, 0);
});

Deno.test("receiveMessage stores NUL, lone surrogates, SQL and HTML as harmless text", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const odd = ["a\u0000b", "x\ud800y", "'; DROP TABLE messages; --", "<script>alert(1)</script>"];
  for (const text of odd) await shop.say(text);
  const [conversation] = (await listConversations(shop.ctx, page)).data;
  assert.ok(conversation);
  const { data } = await listMessages(shop.ctx, { ...page, conversationId: conversation.id });
  assert.deepEqual(data.map(({ text }) => text), ["ab", "x\ufffdy", odd[2], odd[3]]);
});

Deno.test("receiveMessage refuses an account of another workspace and one that is not there", async () => {
  await using h = await harness();
  const [shop, other] = [await openShop(h), await openShop(h)];
  await assert.rejects(shop.say("hola", { channelAccountId: other.web }), isCode("not_found"));
  await assert.rejects(shop.say("hola", { channelAccountId: "cha_none" }), isCode("not_found"));
});

Deno.test("receiveMessage lets a visitor speak for itself only", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { conversationId } = await shop.say("hola");
  const victim = (await getConversation(shop.ctx, { conversationId })).contact.id;
  const visitor = shop.inside.as({
    actor: { kind: "visitor", id: "con_mine", channelAccountId: shop.web, scopes: new Set(["chat:visit"]) },
  });
  const incoming = { channelAccountId: shop.web, kind: "text" as const, text: "hola" };
  await assert.rejects(
    receiveMessage(visitor, { ...incoming, contact: { id: victim } }),
    isCode("forbidden"),
  );
  const identities = [{ kind: "external" as const, value: "ana" }];
  await assert.rejects(
    receiveMessage(visitor, { ...incoming, contact: { identities } }),
    isCode("forbidden"),
  );
});

Deno.test("receiveMessage refuses a member who may only read", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const member = await h.person({ role: "member", workspaceId: shop.workspaceId });
  await assert.rejects(
    receiveMessage(member.ctx, {
      channelAccountId: shop.web,
      contact: { identities: [{ kind: "external", value: "x" }] },
      kind: "text",
      text: "hola",
    }),
    isCode("forbidden"),
  );
  assert.equal((await listConversations(shop.ctx, page)).data.length, 0);
});

Deno.test("BAJA and STOP are honoured at once, confirmed once, and ALTA takes them back", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { conversationId } = await shop.say("  baja. ");
  const texts = async () =>
    (await listMessages(shop.ctx, { ...page, conversationId })).data.map(({ author, text }) =>
      `${author}: ${text}`
    );
  assert.equal((await getConversation(shop.ctx, { conversationId })).contact.opted_out, true);
  assert.match((await texts()).at(-1) ?? "", /^system: De acuerdo/);
  await shop.say("¿Cuál es su horario?");
  await shop.settle();
  assert.equal((await texts()).length, 3, "the bot leaves who opted out alone");
  await shop.say("ALTA");
  assert.equal((await getConversation(shop.ctx, { conversationId })).contact.opted_out, false);
  await shop.say("¿Dónde para el bus, en el stop?");
  assert.equal((await getConversation(shop.ctx, { conversationId })).contact.opted_out, false);
});

Deno.test("ensureAccount makes one account however many ask at once", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const made = await Promise.all(Array.from({ length: 20 }, () => ensureAccount(shop.inside, "api")));
  assert.equal(new Set(made.map(({ id }) => id)).size, 1);
});

Deno.test("a question that a joined contact had open on another account is answered there", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const phone = { kind: "phone" as const, value: "+528112345678" };
  const lid = { kind: "whatsapp_lid" as const, value: "123@lid" };
  const standing = await shop.say("hola", { contact: { identities: [phone] } });
  await shop.settle();
  await shop.say("¿Cuál es su horario?", { contact: { identities: [lid] } });
  // Both are open in the web chat; what shows that they are one person comes over the API's account.
  const { id: api } = await ensureAccount(shop.inside, "api");
  await shop.say("gracias", { channelAccountId: api, contact: { identities: [phone, lid] } });
  await shop.settle();
  const { data } = await listMessages(shop.ctx, { ...page, conversationId: standing.conversationId });
  assert.match(data.filter(({ direction }) => direction === "out").at(-1)?.text ?? "", /8:00 a 19:00/);
});

Deno.test("a conversation shows how the customer's latest words sound, to those who work here, and lists are filtered by it", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { conversationId } = await shop.say("Es un servicio pésimo, estoy furioso");
  await shop.say("¡Gracias, excelente trabajo!", { who: "eva" });
  const felt = async () => (await getConversation(shop.ctx, { conversationId })).sentiment;
  const angry = await felt();
  assert.equal(angry?.mood, "negative");
  const { body } = await h.request("GET", "/api/conversations?mood=negative", { token: shop.token });
  assert.deepEqual(body.data.map(({ id }: { id: string }) => id), [conversationId]);
  assert.deepEqual(body.data[0].sentiment, angry);
  await reply(shop.ctx, { conversationId, text: "Perfecto, excelente, gracias" });
  await shop.say("", { kind: "image" });
  await shop.say("👍👍 genial", { kind: "reaction", silent: true });
  assert.deepEqual(await felt(), angry, "our own words, a picture and a sign say nothing of it");
  await shop.say("Ya quedó, muchas gracias, muy amables");
  assert.equal((await felt())?.mood, "positive");
  assert.deepEqual((await listConversations(shop.ctx, { ...page, mood: "negative" })).data, []);
});
