import assert from "node:assert/strict";
import { cached, clearCache, readCache, writeCache } from "../../../lib/cache/mod.ts";
import { createMemoryCache } from "../../../lib/adapters/cache/memory.ts";
import { HOUR, MINUTE } from "../../../lib/kernel/clock.ts";
import { harness } from "../../support/harness.ts";
import { createTestClock } from "../../support/ports.ts";

Deno.test("cached loads once for callers at the same time, then not until the namespace's time is over", async () => {
  const clock = createTestClock();
  await using h = await harness({ ports: { clock, cache: createMemoryCache({ clock }) } });
  const { ctx } = await h.person();
  let loads = 0;
  let open = () => {};
  const gate = new Promise<void>((resolve) => open = resolve);
  const load = async () => {
    await gate;
    return ++loads;
  };
  const entry = { namespace: "knowledge", key: "q" } as const;
  const callers = Array.from({ length: 50 }, () => cached(ctx, entry, load));
  open();
  assert.deepEqual(new Set(await Promise.all(callers)), new Set([1]));
  assert.equal(await cached(ctx, entry, load), 1);
  clock.advance(10 * MINUTE);
  assert.equal(await cached(ctx, entry, load), 2);
  clock.advance(10 * MINUTE);
  assert.equal(await cached(ctx, { ...entry, ttlMs: HOUR }, load), 3);
  clock.advance(HOUR - 1);
  assert.equal(await cached(ctx, entry, load), 3);
});

Deno.test("cached keeps no failure and nothing that is undefined", async () => {
  await using h = await harness();
  const { ctx } = await h.person();
  const entry = { namespace: "models", key: "all" } as const;
  const failing = () => Promise.reject(new Error("down"));
  const results = await Promise.allSettled([cached(ctx, entry, failing), cached(ctx, entry, failing)]);
  assert.deepEqual(results.map(({ status }) => status), ["rejected", "rejected"]);
  assert.equal(await cached(ctx, entry, () => Promise.resolve(undefined)), undefined);
  assert.equal(await cached(ctx, entry, () => Promise.resolve("up")), "up");
});

Deno.test("entries of two workspaces under one key are two, and clearing one leaves the other", async () => {
  await using h = await harness();
  const [one, two] = [(await h.person()).ctx, (await h.person()).ctx];
  for (const [ctx, value] of [[one, 1], [two, 2]] as const) {
    await writeCache(ctx, { namespace: "llm", key: "k", value });
    await writeCache(ctx, { namespace: "llm", key: "other", value });
  }
  assert.equal(await clearCache(one, { prefix: "llm:k" }), 1);
  assert.deepEqual([
    await readCache(one, { namespace: "llm", key: "k" }),
    await readCache(two, { namespace: "llm", key: "k" }),
  ], [
    undefined,
    2,
  ]);
  assert.equal(await clearCache(one, {}), 1);
  assert.equal(await readCache(two, { namespace: "llm", key: "other" }), 2);
});
