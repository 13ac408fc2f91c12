import assert from "node:assert/strict";
import {
  applyRetention,
  closeConversation,
  eraseContact,
  exportContact,
  getContact,
  getConversation,
  listContacts,
  listConversations,
  openAttachment,
  rateAnswer,
  setBusiness,
  storeFile,
  sweepRetention,
} from "../../../lib/conversations/mod.ts";
import { DAY } from "../../../lib/kernel/clock.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { harness } from "../../support/harness.ts";
import { openShop, type Shop, work } from "./talk.ts";

const page = { limit: 200 };
const isCode = (code: string) => (thrown: unknown) => thrown instanceof AppError && thrown.code === code;
const SECRET = "zanahoria-secreta";
const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);

/** A customer who said a secret, sent it in a file's name, and asked what nobody knows. */
async function confide(shop: Shop) {
  const file = await storeFile(shop.inside, { name: `${SECRET}.png`, bytes: PNG });
  const contact = { identities: [{ kind: "phone" as const, value: "+5281555" }], name: `Ana ${SECRET}` };
  const { conversationId } = await shop.say(`mi clave es ${SECRET}`, {
    kind: "image",
    contact,
    files: [file],
    meta: { SECRET },
  });
  await shop.settle();
  await shop.say("¿Cuál es su horario?", { contact });
  await shop.settle();
  return {
    conversationId,
    contactId: (await getConversation(shop.ctx, { conversationId })).contact.id,
    file,
  };
}

Deno.test("exportContact has everything that is stored about the person", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { contactId } = await confide(shop);
  const text = JSON.stringify(await exportContact(shop.ctx, { contactId }));
  for (
    const part of [
      "+5281555",
      `mi clave es ${SECRET}`,
      `${SECRET}.png`,
      "8:00 a 19:00",
      "unanswered_questions",
    ]
  ) {
    assert.ok(text.includes(part), part);
  }
});

Deno.test("eraseContact leaves no word of the person in the database and no file", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { contactId, file } = await confide(shop);
  const kept = await shop.say("hola", { who: "otra" });
  const erased = await eraseContact(shop.ctx, { contactId });
  assert.deepEqual([erased.conversations, erased.messages, erased.attachments], [1, 4, 1]);
  await work(h);
  assert.equal(await h.ports.blobs.get(file.blobKey), null);
  for (const needle of [SECRET, "+5281555"]) assert.deepEqual(await tablesWith(h, needle), [], needle);
  await assert.rejects(getContact(shop.ctx, { contactId }), isCode("not_found"));
  assert.equal((await listContacts(shop.ctx, page)).data.length, 1);
  assert.equal((await getConversation(shop.ctx, kept)).last_message_text, "hola");
});

/** Names of the tables of which any column of any row holds the text. */
async function tablesWith(h: Awaited<ReturnType<typeof harness>>, needle: string): Promise<string[]> {
  const { db } = h.ports.database;
  const found: string[] = [];
  const all = await db.all<{ name: string }>(
    "select name from sqlite_master where type = 'table' and name not like 'knowledge_fts%'",
  );
  for (const { name } of all) {
    const rows = await db.all(`select * from "${name}"`);
    if (JSON.stringify(rows).includes(needle)) found.push(name);
  }
  return found;
}

Deno.test("an operator of another workspace finds neither contact, conversation nor file", async () => {
  await using h = await harness();
  const [shop, other] = [await openShop(h), await openShop(h)];
  const { contactId, conversationId } = await confide(shop);
  const exported = await exportContact(shop.ctx, { contactId });
  const [file] = exported.attachments as { id: string }[];
  assert.ok(file);
  const opened = await openAttachment(shop.ctx, file.id);
  assert.equal(opened.name, `${SECRET}.png`);
  await opened.body.cancel();
  await assert.rejects(openAttachment(other.ctx, file.id), isCode("not_found"));
  const acts = [
    () => getContact(other.ctx, { contactId }),
    () => exportContact(other.ctx, { contactId }),
    () => eraseContact(other.ctx, { contactId }),
    () => getConversation(other.ctx, { conversationId }),
    () => closeConversation(other.ctx, { conversationId }),
  ];
  for (const act of acts) await assert.rejects(act, isCode("not_found"));
  assert.equal((await listConversations(other.ctx, page)).data.length, 0);
});

Deno.test("retention deletes closed conversations past their days, and no others", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  await setBusiness(shop.ctx, { retention_days: 30 });
  const old = await confide(shop);
  await closeConversation(shop.ctx, old);
  const open = await shop.say("hola", { who: "abierta" });
  h.clock.advance(31 * DAY);
  const fresh = await shop.say("hola", { who: "nueva" });
  await closeConversation(shop.ctx, fresh);
  for (const days of [0, 60]) {
    await sweepRetention(h.system);
    await setBusiness(shop.ctx, { retention_days: days });
    await work(h);
    assert.equal((await listConversations(shop.ctx, page)).data.length, 3, "the days of now hold");
    await setBusiness(shop.ctx, { retention_days: 30 });
  }
  await sweepRetention(h.system);
  await work(h);
  const left = (await listConversations(shop.ctx, page)).data.map(({ id }) => id).sort();
  assert.deepEqual(left, [open.conversationId, fresh.conversationId].sort());
  assert.equal(await h.ports.blobs.get(old.file.blobKey), null);
  assert.equal(await applyRetention(shop.inside, { days: 0, also: () => Promise.resolve() }), 0);
});

Deno.test("rateAnswer keeps the last judgement, of answers only", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const asked = await shop.say("¿Cuál es su horario?");
  await assert.rejects(
    rateAnswer(shop.inside, { messageId: asked.messageId, helpful: true }),
    isCode("conflict"),
  );
  await shop.settle();
  const { conversations } = await exportContact(shop.ctx, {
    contactId: (await getConversation(shop.ctx, asked)).contact.id,
  }) as { conversations: { messages: { id: string; direction: string }[] }[] };
  const answer = conversations[0]?.messages.find(({ direction }) => direction === "out");
  assert.ok(answer);
  await rateAnswer(shop.inside, { messageId: answer.id, helpful: true });
  const rated = await rateAnswer(shop.inside, { messageId: answer.id, helpful: false, comment: "no abrían" });
  assert.deepEqual(rated.rating, { helpful: false, comment: "no abrían" });
});

Deno.test("storeFile reads the type from the bytes, refuses what is not on the list, and cleans the name", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const stored = await storeFile(shop.inside, { name: "../../etc/pa\u202esswd\n.html", bytes: PNG });
  assert.deepEqual([stored.contentType, stored.kind, stored.name], ["image/png", "image", "passwd.html"]);
  const html = new TextEncoder().encode("<script>alert(1)</script>");
  await assert.rejects(
    storeFile(shop.inside, { name: "a.png", bytes: html }),
    isCode("unsupported_media_type"),
  );
  await assert.rejects(
    storeFile(shop.inside, { name: "a.svg", bytes: html }),
    isCode("unsupported_media_type"),
  );
});

Deno.test("who was erased can't leave a comment on an old answer any more", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { conversationId } = await shop.say("¿Cuál es su horario?");
  await shop.settle();
  const { contact } = await getConversation(shop.ctx, { conversationId });
  const { conversations } = await exportContact(shop.ctx, { contactId: contact.id }) as {
    conversations: { messages: { id: string; direction: string }[] }[];
  };
  const answer = conversations[0]?.messages.find(({ direction }) => direction === "out");
  await eraseContact(shop.ctx, { contactId: contact.id });
  await assert.rejects(
    rateAnswer(shop.inside, { messageId: answer?.id ?? "", helpful: false, comment: SECRET }),
    isCode("not_found"),
  );
  assert.deepEqual(await tablesWith(h, SECRET), []);
});

Deno.test("eraseContact takes the words of an unanswered question that somebody else asked later too", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const first = await shop.say(`¿Rentan lavadoras? ${SECRET}`);
  await shop.settle();
  await shop.say(`¿Rentan lavadora? ${SECRET}`, { who: "eva" });
  await shop.settle();
  for (const who of [first, await shop.say("hola", { who: "eva" })]) {
    const { contact } = await getConversation(shop.ctx, who);
    await eraseContact(shop.ctx, { contactId: contact.id });
  }
  assert.deepEqual(await tablesWith(h, SECRET), []);
});
