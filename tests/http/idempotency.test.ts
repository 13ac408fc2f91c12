import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { knowledgeEntries } from "../../db/schema/knowledge.ts";
import { MINUTE, SECOND } from "../../lib/kernel/clock.ts";
import { type Harness, harness, type Person } from "../support/harness.ts";
import { createVisitor } from "../support/visitor.ts";

const REPLAYED = "idempotency-replayed";

const entry = (title: string) => ({ kind: "pair", title, body: "Abrimos a las nueve.", locale: "es" });

function post(h: Harness, path: string, { person, key, body, address }: {
  person?: Person;
  key: string;
  body?: unknown;
  address?: string;
}) {
  return h.request("POST", path, {
    token: person?.token,
    body,
    headers: { "idempotency-key": key },
    ...(address === undefined ? {} : { address }),
  });
}

async function titles(h: Harness, { workspaceId }: Person): Promise<string[]> {
  const rows = await h.system.db.select({ title: knowledgeEntries.title }).from(knowledgeEntries)
    .where(eq(knowledgeEntries.workspaceId, workspaceId));
  return rows.map(({ title }) => title);
}

Deno.test("a repeated POST is answered with the first answer, status, body and place, and runs once", async () => {
  await using h = await harness();
  const person = await h.person();
  const call = { person, key: "entry-1", body: entry("¿A qué hora abren?") };
  const first = await post(h, "/api/knowledge/entries", call);
  const again = await post(h, "/api/knowledge/entries", call);
  assert.equal(first.status, 201);
  assert.equal(first.headers.get(REPLAYED), null);
  assert.deepEqual([again.status, again.body], [first.status, first.body]);
  assert.equal(again.headers.get(REPLAYED), "true");
  assert.equal(again.headers.get("content-type"), first.headers.get("content-type"));
  assert.equal(again.headers.get("location"), first.headers.get("location"));
  assert.deepEqual(await titles(h, person), ["¿A qué hora abren?"]);
});

Deno.test("another body, path or query under a key is 409, and changes nothing", async () => {
  await using h = await harness();
  const person = await h.person();
  await post(h, "/api/knowledge/entries", { person, key: "k", body: entry("uno") });
  for (
    const [path, body] of [
      ["/api/knowledge/entries", entry("dos")],
      ["/api/knowledge/entries?x=1", entry("uno")],
      ["/api/knowledge/ask", entry("uno")],
    ] as const
  ) {
    const answer = await post(h, path, { person, key: "k", body });
    assert.deepEqual([answer.status, answer.body.code], [409, "idempotency_conflict"], path);
  }
  assert.deepEqual(await titles(h, person), ["uno"]);
});

Deno.test("keys of two callers never meet: two people, one person in two workspaces, a visitor of the site", async () => {
  await using h = await harness();
  const [one, two] = [await h.person(), await h.person()];
  const body = entry("lo mismo");
  const first = await post(h, "/api/knowledge/entries", { person: one, key: "same", body });
  const second = await post(h, "/api/knowledge/entries", { person: two, key: "same", body });
  assert.deepEqual([first.status, second.status], [201, 201]);
  assert.notEqual(first.body.id, second.body.id);
  assert.equal(second.headers.get(REPLAYED), null);
  const stranger = await post(h, "/api/knowledge/entries", { key: "same", body });
  assert.equal(stranger.status, 401);
});

Deno.test("fifty at once under one key run once; the others are told to wait or get the answer", async () => {
  await using h = await harness();
  const person = await h.person();
  const call = { person, key: "fifty", body: entry("una vez") };
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => post(h, "/api/knowledge/entries", call)),
  );
  const created = answers.filter(({ status }) => status === 201);
  const waiting = answers.filter(({ status }) => status === 409);
  assert.equal(created.length + waiting.length, 50);
  assert.equal(created.filter(({ headers }) => headers.get(REPLAYED) === null).length, 1);
  assert.equal(new Set(created.map(({ body }) => body.id)).size, 1);
  for (const { body, headers } of waiting) {
    assert.equal(body.code, "idempotency_in_progress");
    assert.equal(headers.get("retry-after"), "1");
  }
  assert.deepEqual(await titles(h, person), ["una vez"]);
  assert.equal((await post(h, "/api/knowledge/entries", call)).headers.get(REPLAYED), "true");
});

Deno.test("register, login, a visit and a customer's message are replayed, and sealed at rest", async () => {
  await using h = await harness();
  const person = await h.person();
  const account = {
    email: "ana@example.com",
    username: "ana",
    name: "Ana",
    password: "rio-verde-camina-lento-42",
  };
  const login = { username: "ana", password: account.password };
  const message = { contact: { external_id: "c1" }, text: "¿A qué hora abren?" };
  const calls: [string, { person?: Person; key: string; body?: unknown }][] = [
    ["/api/auth/register", { key: "r", body: account }],
    ["/api/auth/login", { key: "l", body: login }],
    ["/api/conversations", { person, key: "m", body: message }],
    [`/api/chat/${(await createVisitor(h, person.workspaceId)).key}/sessions`, {
      key: "s",
      body: { locale: "es" },
    }],
  ];
  for (const [path, call] of calls) {
    const first = await post(h, path, call);
    const again = await post(h, path, call);
    assert.ok(first.status < 300, `${path} ${first.status} ${JSON.stringify(first.body)}`);
    assert.deepEqual([again.status, again.body, again.headers.get(REPLAYED)], [
      first.status,
      first.body,
      "true",
    ], path);
  }
  const kept = await h.system.db.get<{ n: number }>(
    `select count(*) n from idempotency_keys where instr(body, 'access_token') or instr(body, 'ana@example.com')`,
  );
  assert.equal(kept?.n, 0, "answers carry tokens: they are sealed at rest");
});

Deno.test("an answer without a body is replayed without one", async () => {
  await using h = await harness();
  const person = await h.person();
  const call = { person, key: "password", body: { email: "nobody@example.com" } };
  const first = await post(h, "/api/auth/forgot-password", call);
  // As a POST that answers 204 leaves it.
  await h.ports.database.client.execute("update idempotency_keys set status = 204");
  const again = await post(h, "/api/auth/forgot-password", call);
  assert.equal(first.status, 202);
  assert.deepEqual([again.status, again.body, again.headers.get(REPLAYED)], [204, "", "true"]);
});

Deno.test("a refusal that can be mended frees its key, one that says how things stand is replayed", async () => {
  await using h = await harness();
  const person = await h.person();
  const bad = await post(h, "/api/knowledge/entries", { person, key: "mend", body: { kind: "pair" } });
  assert.equal(bad.status, 422);
  const mended = await post(h, "/api/knowledge/entries", { person, key: "mend", body: entry("bien") });
  assert.deepEqual([mended.status, mended.headers.get(REPLAYED)], [201, null]);
  const gone = () => post(h, "/api/conversations/cnv_none/close", { person, key: "gone" });
  assert.deepEqual([(await gone()).status, (await gone()).headers.get(REPLAYED)], [404, "true"]);
  const wrong = { username: person.userId, password: "no" };
  const login = () => post(h, "/api/auth/login", { key: "login", body: wrong });
  assert.equal((await login()).status, 401);
  assert.equal((await login()).headers.get(REPLAYED), null);
});

Deno.test("what failed for a while, 429 and 503, is not what the key is answered with later", async () => {
  await using h = await harness({ env: { RATE_LIMIT_ACTOR: "1" } });
  const person = await h.person();
  const other = await h.person();
  const call = { person, key: "later", body: entry("luego") };
  await h.request("GET", "/api/auth/me", { token: person.token });
  assert.equal((await post(h, "/api/knowledge/entries", call)).status, 429);
  h.clock.advance(2 * MINUTE);
  assert.equal((await post(h, "/api/knowledge/entries", call)).status, 201);

  const full = { person: other, key: "full", body: entry("lleno") };
  await h.ports.database.client.execute("pragma incremental_vacuum"); // what migrations dropped left free pages
  const { rows: [pages] } = await h.ports.database.client.execute("pragma page_count");
  await h.ports.database.setMaxPages(Number(pages?.page_count));
  const bulky = { ...full, body: { ...full.body, body: "palabra ".repeat(800) } };
  const refused = await post(h, "/api/knowledge/entries", bulky);
  assert.deepEqual([refused.status, refused.body.code], [503, "storage_full"]);
  await h.ports.database.setMaxPages(1_000_000);
  h.clock.advance(2 * MINUTE);
  assert.equal((await post(h, "/api/knowledge/entries", bulky)).status, 201);
  assert.deepEqual(await titles(h, other), ["lleno"]);
});

Deno.test("after a crash an unfinished key runs again, one that took effect never does", async () => {
  await using h = await harness();
  const person = await h.person();
  const call = (key: string) => post(h, "/api/knowledge/entries", { person, key, body: entry(key) });
  const rowOf = (key: string, change: string) =>
    h.ports.database.client.execute({
      sql: `update idempotency_keys set status = null, body = 'an earlier life', ${change} where key = ?`,
      args: [key],
    });
  for (const key of ["before", "after"]) assert.equal((await call(key)).status, 201);
  // As a kill leaves the rows: claimed and nothing committed; claimed and committed, the answer not yet stored.
  await rowOf("before", "headers = null");
  await h.ports.database.client.execute("delete from knowledge_entries where title = 'before'");
  await rowOf("after", "headers = '{}'");
  assert.equal((await call("before")).status, 201);
  const lost = await call("after");
  assert.deepEqual([lost.status, lost.body.code], [409, "conflict"]);
  assert.deepEqual((await titles(h, person)).sort(), ["after", "before"]);
});

Deno.test("a commit says under its key that it took effect, in the same transaction", async () => {
  await using h = await harness();
  const person = await h.person();
  const { ports } = h;
  const { secrets } = ports;
  // The answer can't be stored: the client still gets it, and the key is spent.
  const broken = Object.assign({}, secrets, { seal: () => Promise.reject(new Error("no seal")) });
  Object.assign(ports, { secrets: broken });
  const call = { person, key: "spent", body: entry("gastada") };
  assert.equal((await post(h, "/api/knowledge/entries", call)).status, 201);
  Object.assign(ports, { secrets });
  h.clock.advance(MINUTE + SECOND);
  assert.equal((await post(h, "/api/knowledge/entries", call)).status, 409);
  assert.deepEqual(await titles(h, person), ["gastada"]);
});

Deno.test("a key is 1 to 255 printable characters, and only POST looks at it", async () => {
  await using h = await harness();
  const person = await h.person();
  for (const key of ["with space", "x".repeat(256), "ñandú"]) {
    const answer = await post(h, "/api/knowledge/entries", { person, key, body: entry("x") }).catch(() =>
      null
    );
    if (answer !== null) assert.equal(answer.status, 422, key);
  }
  const read = await h.request("GET", "/api/auth/me", {
    token: person.token,
    headers: { "idempotency-key": "with space" },
  });
  assert.equal(read.status, 200);
  assert.deepEqual(await titles(h, person), []);
});
