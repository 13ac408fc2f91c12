import assert from "node:assert/strict";
import { harness } from "../support/harness.ts";
import { openShop, work } from "../unit/conversations/talk.ts";

Deno.test("a customer over the API channel is answered, and an operator takes over, replies, releases and closes", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { token } = shop;
  const body = {
    contact: { external_id: "customer-42", name: "Ana" },
    text: "¿Cuál es su horario?",
    external_message_id: "m-1",
    unknown_key: 1,
  };
  const sent = await h.request("POST", "/api/v1/conversations/", { token, body });
  assert.equal(sent.status, 202, JSON.stringify(sent.body));
  const again = await h.request("POST", "/api/conversations", { token, body });
  assert.deepEqual(again.body, { ...sent.body, duplicate: true });
  await shop.settle();

  const path = `/api/conversations/${sent.body.conversation_id}`;
  const one = await h.request("GET", path, { token });
  assert.equal(one.body.contact.name, "Ana");
  assert.deepEqual([one.body.channel, one.body.state, one.body.unread], ["api", "bot", 1]);
  const messages = await h.request("GET", `${path}/messages`, { token });
  assert.deepEqual(messages.body.data.map((row: { direction: string }) => row.direction), ["in", "out"]);
  assert.equal(messages.body.data[1].sources[0].title, "¿Cuál es su horario?");

  assert.equal((await h.request("POST", `${path}/takeover`, { token })).body.state, "human");
  const reply = await h.request("POST", `${path}/reply`, { token, body: { text: "Aquí estoy" } });
  assert.deepEqual([reply.status, reply.body.author], [201, "operator"]);
  assert.equal((await h.request("POST", `${path}/release`, { token })).body.state, "bot");
  const twice = await h.request("POST", `${path}/release`, { token });
  assert.deepEqual([twice.status, twice.body.allowed], [409, ["waiting", "human", "closed"]]);
  assert.equal((await h.request("POST", `${path}/close`, { token })).body.state, "closed");
  assert.equal((await h.request("POST", `${path}/reply`, { token, body: { text: "¿?" } })).status, 409);
});

Deno.test("conversations are listed in pages without gap or repeat, by state, channel and words", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const { token } = shop;
  for (let i = 0; i < 7; i++) {
    await shop.say(`mensaje ${i} 100%`, {
      contact: { identities: [{ kind: "external", value: `c${i}` }], name: `Cliente ${i}` },
    });
    if (i % 2) h.clock.advance(10);
  }
  const seen: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const page = await h.request("GET", `/api/conversations?limit=3${query}`, { token });
    assert.equal(page.status, 200);
    seen.push(...page.body.data.map((row: { id: string }) => row.id));
    cursor = page.body.next_cursor;
  }
  assert.equal(seen.length, 7);
  assert.equal(new Set(seen).size, 7);
  const count = async (query: string) => {
    const answer = await h.request("GET", `/api/conversations?${query}`, { token });
    return answer.body.data.length;
  };
  assert.equal(await count("q=cliente%203"), 1);
  assert.equal(await count("q=100%25"), 7);
  assert.equal(await count("q=%25%25"), 0, "a wildcard is a character");
  assert.equal(await count("state=waiting"), 0);
  assert.equal(await count("state=open&channel=web"), 7);
  assert.equal((await h.request("GET", "/api/conversations?state=odd", { token })).status, 422);
  assert.equal((await h.request("GET", "/api/conversations?cursor=odd", { token })).status, 422);
  const counts = await h.request("GET", "/api/conversations/counts", { token });
  assert.deepEqual(counts.body, { bot: 7, waiting: 0, human: 0, unread: 7 });
});

Deno.test("a message's pages lead back in time, and `after` leads forward", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  let last = { conversationId: "", messageId: "" };
  for (let i = 0; i < 5; i++) last = await shop.say(`m${i}`);
  const path = `/api/conversations/${last.conversationId}/messages`;
  const texts = (answer: { body: { data: { text: string }[] } }) => answer.body.data.map(({ text }) => text);
  const first = await h.request("GET", `${path}?limit=2`, { token: shop.token });
  assert.deepEqual(texts(first), ["m3", "m4"]);
  const older = await h.request("GET", `${path}?limit=2&cursor=${first.body.next_cursor}`, {
    token: shop.token,
  });
  assert.deepEqual(texts(older), ["m1", "m2"]);
  const newer = await h.request("GET", `${path}?after=${older.body.data[0].id}`, { token: shop.token });
  assert.deepEqual(texts(newer), ["m2", "m3", "m4"]);
});

const PROTECTED = [
  ["GET", "/api/conversations"],
  ["POST", "/api/conversations"],
  ["GET", "/api/conversations/counts"],
  ["GET", "/api/conversations/cnv_x"],
  ["GET", "/api/conversations/cnv_x/messages"],
  ["POST", "/api/conversations/cnv_x/reply"],
  ["POST", "/api/conversations/cnv_x/takeover"],
  ["POST", "/api/conversations/cnv_x/release"],
  ["POST", "/api/conversations/cnv_x/close"],
  ["POST", "/api/conversations/cnv_x/read"],
  ["GET", "/api/attachments/att_x"],
  ["GET", "/api/business/config"],
  ["PUT", "/api/business/config"],
  ["GET", "/api/contacts"],
  ["GET", "/api/contacts/con_x"],
  ["GET", "/api/contacts/con_x/export"],
  ["DELETE", "/api/contacts/con_x"],
  ["GET", "/api/chat/session"],
  ["GET", "/api/chat/messages"],
  ["POST", "/api/chat/messages"],
  ["POST", "/api/chat/handover"],
] as const;

Deno.test("every protected route answers 401 without and with a wrong credential, 403 without the scope", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  const session = await h.request("POST", `/api/chat/${await keyOf(h, shop.token)}/sessions`, { body: {} });
  const member = await h.person({ role: "member", workspaceId: shop.workspaceId });
  for (const [method, path] of PROTECTED) {
    const body = method === "GET" || method === "DELETE" ? {} : { body: {} };
    assert.equal((await h.request(method, path, body)).status, 401, `${method} ${path}`);
    assert.equal(
      (await h.request(method, path, { token: "wrong", ...body })).status,
      401,
      `${method} ${path}`,
    );
    const chat = path.startsWith("/api/chat");
    const token = chat ? shop.token : session.body.token;
    assert.equal((await h.request(method, path, { token, ...body })).status, 403, `${method} ${path}`);
    const writes = method !== "GET" && !chat;
    if (writes) {
      assert.equal((await h.request(method, path, { token: member.token, ...body })).status, 403, path);
    }
  }
});

Deno.test("another workspace's conversation and contact are 404 on every route", async () => {
  await using h = await harness();
  const [shop, other] = [await openShop(h), await openShop(h)];
  const { conversationId } = await shop.say("hola");
  const { body } = await h.request("GET", `/api/conversations/${conversationId}`, { token: shop.token });
  for (const [method, pattern] of PROTECTED) {
    if (!/cnv_x|con_x/.test(pattern)) continue;
    const path = pattern.replace("cnv_x", conversationId).replace("con_x", body.contact.id);
    const sent = method === "GET" || method === "DELETE" ? {} : { body: { text: "hola" } };
    assert.equal(
      (await h.request(method, path, { token: other.token, ...sent })).status,
      404,
      `${method} ${path}`,
    );
  }
  assert.equal(
    (await h.request("GET", `/api/conversations/${conversationId}`, { token: shop.token })).body.state,
    "bot",
  );
});

Deno.test("the business's configuration starts with defaults, changes by field and names every wrong path", async () => {
  await using h = await harness();
  const { token } = await openShop(h);
  const before = await h.request("GET", "/api/business/config", { token });
  assert.equal(before.status, 200);
  assert.deepEqual(before.body.languages, ["es", "en"]);
  const changed = await h.request("PUT", "/api/business/config", {
    token,
    body: {
      name: "Café Aurora",
      timezone: "America/Monterrey",
      hours: { monday: [{ from: "09:00", to: "14:00" }, { from: "16:00", to: "20:00" }] },
      holidays: ["2026-12-25", { date: "2026-12-31", hours: [{ from: "09:00", to: "12:00" }] }],
      handover_words: ["gerente"],
    },
  });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  assert.deepEqual(changed.body.holidays[0], { date: "2026-12-25" });
  const again = await h.request("PUT", "/api/business/config", { token, body: { tone: "breve" } });
  assert.equal(again.body.name, "Café Aurora");
  assert.deepEqual((await h.request("GET", "/api/business/config", { token })).body, again.body);
  const wrong = await h.request("PUT", "/api/business/config", {
    token,
    body: {
      timezone: "Mars/Olympus",
      hours: { monday: [{ from: "25:00", to: "9" }] },
      return_to_bot_minutes: -1,
    },
  });
  assert.equal(wrong.status, 422);
  const paths = wrong.body.errors.map(({ path }: { path: string }) => path);
  for (const path of ["timezone", "hours.monday.0.from", "hours.monday.0.to", "return_to_bot_minutes"]) {
    assert.ok(paths.includes(path), `${path} in ${paths}`);
  }
});

Deno.test("odd input is stored or refused, and never a 500", async () => {
  await using h = await harness();
  const { token } = await openShop(h);
  const deep = `${"[".repeat(100)}1${"]".repeat(100)}`;
  const bodies = [
    `{"contact":{"external_id":"a"},"text":"a\\u0000b"}`,
    `{"contact":{"external_id":"a"},"text":"\\ud800"}`,
    `{"contact":{"external_id":"\\ud800\\u0000"},"text":"x"}`,
    `{"contact":{"external_id":"\\u0000"},"text":"x"}`,
    JSON.stringify({ contact: { external_id: "a" }, text: "😀".repeat(262_144) }),
    JSON.stringify({ contact: { external_id: "'; DROP TABLE contacts; --" }, text: "' OR 1=1 --" }),
    JSON.stringify({ contact: { external_id: "a" }, text: "<img src=x onerror=alert(1)>" }),
    `{"contact":{"external_id":"a","extra":${deep}},"text":"hondo"}`,
    `{"contact":${deep},"text":"hondo"}`,
    `{"contact":`,
    "null",
    "[]",
    "",
    `{"contact":{"external_id":"a"},"text":7}`,
    `{"__proto__":{"text":"x"},"constructor":{}}`,
  ];
  for (const body of bodies) {
    const { status } = await h.request("POST", "/api/conversations", { token, body });
    assert.ok([202, 400, 413, 422].includes(status), `${status} for ${body.slice(0, 60)}`);
  }
  await h.request("GET", "/api/conversations?q=%00%ff", { token }).then(({ status }) =>
    assert.ok(status < 500)
  );
  assert.equal((await h.request("GET", "/api/contacts", { token })).status, 200);
  h.clock.advance(5000);
  for (const { result } of await work(h)) assert.equal(result.kind, "done");
});

Deno.test("a contact is listed, exported as a file and erased", async () => {
  await using h = await harness();
  const shop = await openShop(h);
  await shop.say("hola", {
    contact: { identities: [{ kind: "email", value: "Ana@Example.com" }], name: "Ana" },
  });
  const { token } = shop;
  const list = await h.request("GET", "/api/contacts?q=ana%40example", { token });
  assert.equal(list.body.data[0].identities[0].value, "ana@example.com");
  const path = `/api/contacts/${list.body.data[0].id}`;
  const exported = await h.request("GET", `${path}/export`, { token });
  assert.match(exported.headers.get("content-disposition") ?? "", /^attachment; filename="con_\w+\.json"$/);
  assert.equal(exported.body.conversations[0].messages[0].text, "hola");
  assert.equal((await h.request("DELETE", path, { token })).body.messages, 1);
  assert.equal((await h.request("GET", path, { token })).status, 404);
  assert.equal((await h.request("DELETE", path, { token })).status, 404);
});

/** The key of the workspace's web chat, as the address of its page has it. */
async function keyOf(h: Awaited<ReturnType<typeof harness>>, token: string): Promise<string> {
  const { ensureDefaults } = await import("../../lib/conversations/mod.ts");
  const who = await (await import("../support/people.ts")).ctxOf(h, token);
  return (await ensureDefaults(who)).key;
}
