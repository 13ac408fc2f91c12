import assert from "node:assert/strict";
import Native from "libsql";
import { createRegistry } from "../../lib/jobs/mod.ts";
import { handlers } from "../../workers/registry.ts";
import { createRunner } from "../../workers/runner.ts";
import { type Answer, harness } from "../support/harness.ts";
import { ROOM, send } from "./bad-input-send.ts";

Deno.test("a message sent a hundred times at once under one external id is one message with one answer", async () => {
  await using h = await harness({ env: { ...ROOM, DEBOUNCE_WEB: "1ms" } });
  const person = await h.person();
  const sends = await Promise.all(
    Array.from({ length: 100 }, () => send(h, person, "¿A qué hora abren?", "one")),
  );
  assert.ok(sends.every(({ status }) => status === 202));
  assert.equal(new Set(sends.map(({ body }) => body.message_id)).size, 1);
  assert.equal(sends.filter(({ body }) => body.duplicate === false).length, 1);
  h.clock.advance(10_000);
  const runner = createRunner({
    context: h.system,
    registry: createRegistry(handlers),
    lanes: { interactive: 4, default: 2 },
  });
  await runner.start();
  await runner.idle();
  await runner.stop(1000);
  const [first] = sends;
  const { body } = await h.request("GET", `/api/conversations/${first?.body.conversation_id}/messages`, {
    token: person.token,
  });
  assert.deepEqual(body.data.map(({ direction }: { direction: string }) => direction), ["in", "out"]);
});

Deno.test("a full database is 503 with Retry-After, loses nothing it took, and goes on when there is room", async () => {
  await using h = await harness({ env: ROOM });
  const person = await h.person();
  const { rows: [pages] } = await h.ports.database.client.execute("pragma page_count");
  await h.ports.database.setMaxPages(Number(pages?.page_count) + 40);
  const taken: string[] = [];
  let refused: Answer | null = null;
  for (let i = 0; i < 500 && refused === null; i++) {
    const answer = await send(h, person, `${i} ${"lleno ".repeat(200)}`, `m-${i}`);
    if (answer.status === 202) taken.push(answer.body.message_id);
    else refused = answer;
  }
  assert.ok(taken.length > 3 && refused !== null);
  assert.deepEqual([refused.status, refused.body.code], [503, "storage_full"]);
  assert.ok(Number(refused.headers.get("retry-after")) >= 1);
  assert.equal(
    (await h.request("GET", "/api/conversations", { token: person.token })).status,
    200,
    "reads go on",
  );
  await h.ports.database.setMaxPages(1_000_000);
  const again = await send(h, person, "de nuevo", `m-${taken.length}`);
  assert.deepEqual([again.status, again.body.duplicate], [202, false]);
  const { rows } = await h.ports.database.client.execute("select id from messages where direction = 'in'");
  assert.deepEqual(
    rows.map(({ id }) => String(id)).sort(),
    [...taken, again.body.message_id].sort(),
  );
  const { rows: [check] } = await h.ports.database.client.execute("pragma integrity_check");
  assert.equal(check?.integrity_check, "ok");
});

Deno.test("a lock that another program holds is 503 with Retry-After in bounded time, and nothing is lost", async () => {
  await using h = await harness({ env: ROOM });
  const person = await h.person();
  assert.equal((await send(h, person, "antes", "before")).status, 202);
  const other = new Native(h.ports.database.path);
  try {
    other.exec("begin immediate");
    const began = performance.now();
    const answers = await Promise.all(["a", "b", "c"].map((id) => send(h, person, id, id)));
    assert.ok(performance.now() - began < 15_000);
    for (const { status, body, headers } of answers) {
      assert.deepEqual([status, body.code], [503, "busy"]);
      assert.ok(Number(headers.get("retry-after")) >= 1);
    }
    assert.equal(
      (await h.request("GET", "/api/conversations", { token: person.token })).status,
      200,
      "reads go on",
    );
    other.exec("rollback");
    for (const id of ["a", "b", "c", "before"]) {
      const { status, body } = await send(h, person, id, id);
      assert.deepEqual([status, body.duplicate], [202, id === "before"]);
    }
  } finally {
    other.close();
  }
});

Deno.test("health is 503 while the storage takes no write, and well again when there is room", async () => {
  await using h = await harness({ env: ROOM });
  const look = () => h.request("GET", "/api/health");
  const storage = async () =>
    (await look()).body.services.find(({ name }: { name: string }) => name === "storage")?.state;
  assert.equal(await storage(), "up");
  const { database } = h.ports;
  const { rows: [pages] } = await database.client.execute("pragma page_count");
  await database.setMaxPages(Number(pages?.page_count));
  const fill = "insert into storage_probes (id, filler) values (hex(randomblob(16)), hex(randomblob(2000)))";
  while (await database.client.execute(fill).then(() => true, () => false));
  const now = performance.now.bind(performance);
  try {
    performance.now = () => now() + 6000; // past the time for which a look is kept
    const full = await look();
    assert.deepEqual([full.status, full.body.status], [503, "unhealthy"]);
    assert.equal(await storage(), "down");
    assert.equal((await h.request("GET", "/health")).status, 200, "the process itself is alive");
    await database.setMaxPages(1_000_000);
    performance.now = () => now() + 12_000;
    assert.equal((await look()).body.status, "healthy");
  } finally {
    performance.now = now;
  }
});
