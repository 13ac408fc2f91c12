import assert from "node:assert/strict";
import { ensureDefaults, RATES, setBusiness } from "../../lib/conversations/mod.ts";
import { type Harness, harness } from "../support/harness.ts";
import { openShop, type Shop } from "../unit/conversations/talk.ts";

const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);

async function visit(h: Harness, shop: Shop, more: { token?: string; body?: unknown } = {}) {
  const { key } = await ensureDefaults(shop.ctx);
  const answer = await h.request("POST", `/api/chat/${key}/sessions`, { body: {}, ...more });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

function form(file: File, fields: Record<string, string> = {}): FormData {
  const data = new FormData();
  data.set("file", file);
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

Deno.test("a visitor asks in the web chat, is answered, rates the answer and asks for a person", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const session = await visit(h, shop, { body: { name: "Ana", locale: "es-MX" } });
  assert.equal(session.conversation, null);
  assert.deepEqual(session.business.languages, ["es", "en"]);
  assert.equal(session.business.open, true);
  const { token } = session;
  const sent = await h.request("POST", "/api/chat/messages", {
    token,
    body: { text: "¿Cuál es su horario?", client_id: "c-1" },
  });
  assert.deepEqual([sent.status, sent.body.duplicate], [202, false]);
  const retried = await h.request("POST", "/api/chat/messages", {
    token,
    body: { text: "¿Cuál es su horario?", client_id: "c-1" },
  });
  assert.deepEqual(retried.body, { ...sent.body, duplicate: true });
  await shop.settle();
  const after = await h.request("GET", `/api/chat/messages?after=${sent.body.message_id}`, { token });
  assert.equal(after.body.data.length, 1);
  const [answer] = after.body.data;
  assert.match(answer.text, /8:00 a 19:00/);
  for (const inside of ["origin", "state_reason"]) assert.ok(!(inside in answer), inside);
  const all = await h.request("GET", "/api/chat/messages", { token });
  assert.equal(all.body.data[0].external_id, "c-1", "the sender knows its own message by it");
  const rated = await h.request("POST", `/api/chat/messages/${answer.id}/rating`, {
    token,
    body: { helpful: true },
  });
  assert.deepEqual(rated.body, { ...answer, rating: { helpful: true, comment: null } });
  const asked = await h.request("POST", "/api/chat/handover", { token });
  assert.deepEqual([asked.status, asked.body.state], [202, "waiting"]);
  assert.deepEqual((await h.request("POST", "/api/chat/handover", { token })).body.state, "waiting");
  const again = await visit(h, shop, { token });
  assert.equal(again.contact_id, session.contact_id);
  assert.equal(again.conversation.id, sent.body.conversation_id);
  assert.equal((await h.request("GET", "/api/chat/messages", { token })).body.data.length, 3);
});

Deno.test("two visitors with one client_id are two, and see their own messages only", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const [ana, eva] = [await visit(h, shop), await visit(h, shop)];
  assert.notEqual(ana.contact_id, eva.contact_id);
  const body = { text: "secreto de ana", client_id: "1" };
  const sent = await h.request("POST", "/api/chat/messages", { token: ana.token, body });
  const other = await h.request("POST", "/api/chat/messages", {
    token: eva.token,
    body: { ...body, text: "eva" },
  });
  assert.equal(other.body.duplicate, false);
  assert.notEqual(other.body.conversation_id, sent.body.conversation_id);
  const seen = await h.request("GET", "/api/chat/messages", { token: eva.token });
  assert.deepEqual(seen.body.data.map(({ text }: { text: string }) => text), ["eva"]);
  await shop.settle();
  const answers = await h.request("GET", `/api/chat/messages?after=${sent.body.message_id}`, {
    token: ana.token,
  });
  const rating = await h.request("POST", `/api/chat/messages/${answers.body.data[0].id}/rating`, {
    token: eva.token,
    body: { helpful: false },
  });
  assert.equal(rating.status, 404);
});

Deno.test("a file is sniffed, downloaded as an attachment, and nobody else's", async () => {
  await using h = await harness({ env: { MAX_UPLOAD_SIZE: "2048" } });
  const shop = await openShop(h);
  const [ana, eva] = [await visit(h, shop), await visit(h, shop)];
  const sent = await h.request("POST", "/api/chat/attachments", {
    token: ana.token,
    body: form(new File([PNG], "reci\u00f3 2.png"), { text: "mi recibo" }),
  });
  assert.equal(sent.status, 202, JSON.stringify(sent.body));
  const { body } = await h.request("GET", "/api/chat/messages", { token: ana.token });
  const [message] = body.data;
  assert.deepEqual([message.kind, message.text], ["image", "mi recibo"]);
  const [file] = message.attachments;
  const got = await h.request("GET", `/api/chat/attachments/${file.id}`, { token: ana.token });
  assert.equal(got.status, 200);
  assert.equal(got.headers.get("content-type"), "image/png");
  assert.equal(got.headers.get("x-content-type-options"), "nosniff");
  assert.match(
    got.headers.get("content-disposition") ?? "",
    /^attachment; filename="recio 2\.png"; filename\*=UTF-8''reci%C3%B3/,
  );
  assert.equal(
    (await h.request("GET", `/api/chat/attachments/${file.id}`, { token: eva.token })).status,
    404,
  );
  assert.equal((await h.request("GET", `/api/attachments/${file.id}`, { token: shop.token })).status, 200);
  const path = "/api/chat/attachments";
  const big = form(new File([new Uint8Array(4096)], "a.png"));
  assert.equal((await h.request("POST", path, { token: ana.token, body: big })).status, 413);
  const html = form(new File(["<script>"], "a.html"));
  assert.equal((await h.request("POST", path, { token: ana.token, body: html })).status, 415);
  assert.equal((await h.request("POST", path, { token: ana.token, body: new FormData() })).status, 422);
  const reply = await h.request("POST", `/api/conversations/${sent.body.conversation_id}/attachments`, {
    token: shop.token,
    body: form(new File([PNG], "b.png")),
  });
  assert.deepEqual([reply.status, reply.body.attachments[0].name], [201, "b.png"]);
});

Deno.test("a chat that is not there is 404, and an erased visitor is gone", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  assert.equal((await h.request("POST", "/api/chat/nobody/sessions", { body: {} })).status, 404);
  const { id } = (await shop.inside.db.all<{ id: string }>("select id from channel_accounts"))[0] ??
    { id: "" };
  assert.equal(
    (await h.request("POST", `/api/chat/${id}/sessions`, { body: {} })).status,
    404,
    "an id is no key",
  );
  const ana = await visit(h, shop);
  await h.request("POST", "/api/chat/messages", { token: ana.token, body: { text: "hola" } });
  assert.equal(
    (await h.request("DELETE", `/api/contacts/${ana.contact_id}`, { token: shop.token })).status,
    200,
  );
  const after = await h.request("POST", "/api/chat/messages", { token: ana.token, body: { text: "hola" } });
  assert.equal(after.status, 410);
  assert.notEqual((await visit(h, shop, { token: ana.token })).contact_id, ana.contact_id);
});

Deno.test("an address that opens sessions without end, and a visitor that never stops, are told when to come back", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const ana = await visit(h, shop);
  const statuses = new Set<number>();
  for (let i = 0; i <= RATES.messages.limit; i++) {
    const { status, headers } = await h.request("POST", "/api/chat/messages", {
      token: ana.token,
      body: { text: `${i}` },
    });
    statuses.add(status);
    if (status === 429) assert.ok(Number(headers.get("retry-after")) > 0);
  }
  assert.deepEqual([...statuses], [202, 429]);
  const { key } = await ensureDefaults(shop.ctx);
  let last = 201;
  for (let i = 0; i < RATES.sessions.limit && last === 201; i++) {
    last = (await h.request("POST", `/api/chat/${key}/sessions`, { body: {} })).status;
  }
  assert.equal(last, 429);
});

Deno.test("a visitor is not told who works on the conversation", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  await setBusiness(shop.ctx, { name: "Clima Norte" });
  const ana = await visit(h, shop);
  const sent = await h.request("POST", "/api/chat/messages", { token: ana.token, body: { text: "hola" } });
  const path = `/api/conversations/${sent.body.conversation_id}`;
  await h.request("POST", `${path}/reply`, { token: shop.token, body: { text: "Aquí estoy" } });
  const seen = [
    await h.request("GET", "/api/chat/messages", { token: ana.token }),
    await h.request("GET", "/api/chat/session", { token: ana.token }),
  ].map(({ body }) => JSON.stringify(body)).join();
  assert.match(seen, /Aquí estoy/);
  assert.doesNotMatch(seen, new RegExp(shop.userId));
});
