import assert from "node:assert/strict";
import { auditLog } from "../../db/schema/log.ts";
import { createMemoryCache } from "../../lib/adapters/cache/memory.ts";
import { readCache, writeCache } from "../../lib/cache/mod.ts";
import { harness } from "../support/harness.ts";
import { createTestClock } from "../support/ports.ts";

async function open() {
  const clock = createTestClock();
  const h = await harness({ ports: { clock, cache: createMemoryCache({ clock }) } });
  return Object.assign(h, await h.person());
}

Deno.test("GET /api/advanced/cache/stats counts hits, misses and size by layer", async () => {
  await using h = await open();
  const before = await h.request("GET", "/api/advanced/cache/stats", { token: h.token });
  assert.deepEqual([before.status, before.body.hit_rate], [200, null]);
  await writeCache(h.ctx, { namespace: "llm", key: "a", value: 1 });
  for (const key of ["a", "a", "a", "b"]) await readCache(h.ctx, { namespace: "llm", key });
  const { body } = await h.request("GET", "/api/v3/advanced/cache/stats", { token: h.token });
  assert.deepEqual([body.hits, body.misses, body.hit_rate], [3, 1, 0.75]);
  assert.deepEqual([body.layers[0].layer, body.layers[0].entries], ["memory", 1]);
  assert.ok(body.layers[0].bytes > 0);
  assert.ok(
    body.namespaces.some((one: { name: string; ttl_seconds: number }) =>
      one.name === "llm" && one.ttl_seconds === 86_400
    ),
  );
});

Deno.test("DELETE /api/advanced/cache clears by prefix, says how many, and is in the audit log", async () => {
  await using h = await open();
  for (const key of ["a:1", "a:2", "b:1"]) await writeCache(h.ctx, { namespace: "llm", key, value: 1 });
  const cleared = await h.request("DELETE", "/api/advanced/cache?prefix=llm:a", { token: h.token });
  assert.deepEqual([cleared.status, cleared.body], [200, { cleared: 2 }]);
  assert.equal(await readCache(h.ctx, { namespace: "llm", key: "b:1" }), 1);
  assert.deepEqual((await h.request("DELETE", "/api/advanced/cache", { token: h.token })).body, {
    cleared: 1,
  });
  const refused = await h.request("DELETE", "/api/advanced/cache?prefix=nothing-of-ours", { token: h.token });
  assert.deepEqual([refused.status, refused.body.errors[0].path], [422, "prefix"]);
  const audited = await h.ctx.db.select().from(auditLog);
  assert.deepEqual(audited.filter(({ action }) => action === "cache.clear").map(({ detail }) => detail), [
    { prefix: "llm:a", cleared: 2 },
    { prefix: "", cleared: 1 },
  ]);
});

Deno.test("the cache's routes refuse nobody's, a member's and a stranger's hand", async () => {
  await using h = await open();
  const member = await h.person({ role: "member", workspaceId: h.workspaceId });
  const stranger = await h.person();
  await writeCache(h.ctx, { namespace: "llm", key: "a", value: 1 });
  for (
    const [method, path] of [["GET", "/api/advanced/cache/stats"], ["DELETE", "/api/advanced/cache"]] as const
  ) {
    assert.equal((await h.request(method, path)).status, 401);
    assert.equal((await h.request(method, path, { token: member.token })).status, 403);
  }
  assert.deepEqual((await h.request("DELETE", "/api/advanced/cache", { token: stranger.token })).body, {
    cleared: 0,
  });
  assert.equal(await readCache(h.ctx, { namespace: "llm", key: "a" }), 1);
});
