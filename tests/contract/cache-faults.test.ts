import assert from "node:assert/strict";
import { join } from "node:path";
import { createFileCache } from "../../lib/adapters/cache/file.ts";
import { connectRedis } from "../../lib/adapters/redis/ioredis.ts";
import { createMemoryCache } from "../../lib/adapters/cache/memory.ts";
import { createRedisCache } from "../../lib/adapters/cache/redis.ts";
import { createTieredCache } from "../../lib/adapters/cache/tiered.ts";
import { HOUR, systemClock } from "../../lib/kernel/clock.ts";
import { eventually } from "../support/eventually.ts";
import { freeAddress } from "../support/loopback.ts";
import { createTestClock } from "../support/ports.ts";
import { HAS_REDIS, startRedis } from "../support/redis.ts";

Deno.test("a Redis that is down means misses at once, and only one try in a while", async () => {
  let tries = 0;
  const { host, port } = freeAddress();
  const url = `redis://${host}:${port}`;
  const cache = createRedisCache({
    async connect() {
      const { call, close } = await connectRedis(url);
      return { call: (...command) => (tries++, call(...command)), close };
    },
    restMs: HOUR,
  });
  await cache.set("a", 1, 1000);
  for (let i = 0; i < 50; i++) assert.equal(await cache.get("a"), undefined);
  assert.equal(await cache.clear(""), 0);
  await cache.delete("a");
  assert.equal(tries, 1);
  assert.deepEqual(await cache.stats(), [{ layer: "redis", entries: 0, bytes: null, hits: 0, misses: 50 }]);
  await cache.close();
});

Deno.test({
  name:
    "a Redis that hangs costs one bounded wait, the layer before it still answers, and it serves again afterwards",
  ignore: !HAS_REDIS,
  async fn() {
    await using redis = await startRedis();
    let calls = 0;
    const back = createRedisCache({
      async connect() {
        const { call, close } = await connectRedis(redis.url);
        return { call: (...command) => (calls++, call(...command)), close };
      },
      timeoutMs: 250,
      restMs: 50,
    });
    const cache = createTieredCache({
      front: createMemoryCache({ clock: systemClock }),
      back,
      clock: systemClock,
    });
    // A busy machine may need several tries for the first connection, each after a rest.
    await eventually("the first entry is kept", async () => {
      await back.set("far", 1, HOUR);
      return await back.get("far") === 1;
    });
    await cache.set("near", 1, HOUR);
    redis.pause();
    const before = calls;
    assert.equal(await cache.get("near"), 1);
    // It answers nothing until it is resumed: that this ends at all is the bounded wait.
    assert.equal(await back.get("far"), undefined);
    assert.ok(calls - before <= 1, "and it is one wait");
    redis.resume();
    await eventually("it serves again", async () => await back.get("far") === 1);
    await cache.close();
  },
});

Deno.test("the memory cache drops what was not used for longest, by entries and by bytes", async () => {
  const clock = createTestClock();
  const few = createMemoryCache({ clock, maxEntries: 3 });
  for (const key of ["a", "b", "c"]) await few.set(key, key, 1000);
  await few.get("a");
  await few.set("d", "d", 1000);
  assert.deepEqual(await Promise.all(["a", "b", "c", "d"].map((key) => few.get(key))), [
    "a",
    undefined,
    "c",
    "d",
  ]);

  const small = createMemoryCache({ clock, maxBytes: 10_000 });
  for (let n = 0; n < 100; n++) await small.set(`key${n}`, "x".repeat(400), 1000);
  const [stats] = await small.stats();
  assert.ok(stats && stats.bytes !== null && stats.bytes <= 10_000 && stats.entries > 5);
  await small.set("huge", "x".repeat(5000), 1000);
  assert.equal(await small.get("huge"), undefined, "one value may not push out all others");
  assert.equal(await small.get("key99"), "x".repeat(400));
});

Deno.test("the file cache keeps its entries over a restart, in files of the owner only", async () => {
  const clock = createTestClock();
  const folder = await Deno.makeTempDir();
  const inner = join(folder, "cache");
  await createFileCache({ folder: inner, clock }).set("llm:w:1", { text: "hola" }, 1000);
  const again = createFileCache({ folder: inner, clock });
  assert.deepEqual(await again.get("llm:w:1"), { text: "hola" });
  for await (const { name } of Deno.readDir(inner)) {
    assert.equal(((await Deno.stat(join(inner, name))).mode ?? 0) & 0o077, 0);
  }
  clock.advance(1000);
  assert.equal(await again.get("llm:w:1"), undefined);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("the file cache prunes what is over and what is oldest, so that its folder stays within its bound", async () => {
  const clock = createTestClock();
  const folder = await Deno.makeTempDir();
  const cache = createFileCache({ folder, clock, maxBytes: 20_000, pruneEvery: 10 });
  await cache.set("over", "x".repeat(1000), 10);
  clock.advance(20);
  for (let n = 0; n < 100; n++) await cache.set(`key${n}`, "x".repeat(1000), 60_000);
  const [stats] = await cache.stats();
  assert.ok(stats?.bytes && stats.bytes <= 22_000, `${stats?.bytes} bytes`);
  assert.equal(await cache.get("key99"), "x".repeat(1000));
  assert.equal(await cache.get("key0"), undefined);
  const names = [...Deno.readDirSync(folder)].length;
  assert.equal(names, stats?.entries, "what was over is gone from the disk");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("the file cache takes a damaged file and a folder that can't be written as misses", async () => {
  const clock = createTestClock();
  const folder = await Deno.makeTempDir();
  const cache = createFileCache({ folder, clock });
  await cache.set("a", { whole: true }, 60_000);
  const [file] = [...Deno.readDirSync(folder)];
  assert.ok(file);
  for (const damage of ["", "[", '["a",9999999999999]\n{"whole":tr', "\u0000".repeat(100)]) {
    await Deno.writeTextFile(join(folder, file.name), damage);
    assert.equal(await cache.get("a"), undefined);
    assert.deepEqual((await cache.stats())[0]?.entries, 0);
  }
  await Deno.remove(folder, { recursive: true });
  await Deno.writeTextFile(folder, "a file where the folder should be");
  await cache.set("a", 1, 60_000);
  assert.equal(await cache.get("a"), undefined);
  assert.equal(await cache.clear(""), 0);
  await Deno.remove(folder);
});
