import assert from "node:assert/strict";
import { createFileCache } from "../../lib/adapters/cache/file.ts";
import { connectRedis } from "../../lib/adapters/redis/ioredis.ts";
import { createMemoryCache } from "../../lib/adapters/cache/memory.ts";
import { createRedisCache } from "../../lib/adapters/cache/redis.ts";
import { createTieredCache } from "../../lib/adapters/cache/tiered.ts";
import { connectUpstash } from "../../lib/adapters/redis/upstash.ts";
import { systemClock } from "../../lib/kernel/clock.ts";
import type { Cache } from "../../lib/ports/cache.ts";
import { eventually } from "../support/eventually.ts";
import { startRedisRest } from "../support/fakes/redis-rest.ts";
import { HAS_REDIS, startRedis } from "../support/redis.ts";

type Use = (cache: Cache) => Promise<void>;
interface Kind {
  readonly name: string;
  readonly ignore: boolean;
  readonly open: (use: Use) => Promise<void>;
}

const clock = systemClock;

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "cauce-cache-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function closing(cache: Cache, use: Use): Promise<void> {
  try {
    await use(cache);
  } finally {
    await cache.close();
  }
}

const patient = { timeoutMs: 30_000, restMs: 0 };

const KINDS: readonly Kind[] = [
  { name: "memory", ignore: false, open: (use) => closing(createMemoryCache({ clock }), use) },
  {
    name: "file",
    ignore: false,
    open: (use) => withFolder((folder) => closing(createFileCache({ folder, clock }), use)),
  },
  {
    name: "Redis",
    ignore: !HAS_REDIS,
    async open(use) {
      await using redis = await startRedis();
      await closing(createRedisCache({ connect: () => connectRedis(redis.url), ...patient }), use);
    },
  },
  {
    name: "Redis over REST",
    ignore: !HAS_REDIS,
    async open(use) {
      await using redis = await startRedis();
      await using rest = await startRedisRest(redis.url);
      const connect = () => Promise.resolve(connectUpstash(rest, { fetch }));
      await closing(createRedisCache({ connect, ...patient }), use);
    },
  },
  {
    name: "memory before file",
    ignore: false,
    open: (use) =>
      withFolder((folder) =>
        closing(
          createTieredCache({
            front: createMemoryCache({ clock }),
            back: createFileCache({ folder, clock }),
            clock,
          }),
          use,
        )
      ),
  },
  {
    name: "memory before Redis",
    ignore: !HAS_REDIS,
    async open(use) {
      await using redis = await startRedis();
      const back = createRedisCache({ connect: () => connectRedis(redis.url), ...patient });
      await closing(createTieredCache({ front: createMemoryCache({ clock }), back, clock }), use);
    },
  },
];

/** Keys that break path names, globs, delimiters and encodings. */
const KEYS = [
  "llm:wsp_1:plain",
  "llm:wsp_1:../../etc/passwd",
  "llm:wsp_1:*?[a-z]\\",
  'llm:wsp_1:"quoted"\n\u0000 and NUL',
  "llm:wsp_1:ñandú 你好 🦙",
  `llm:wsp_1:${"long".repeat(2000)}`,
  "llm:wsp_1:\ud800",
  "llm:wsp_1:\udc00",
  "",
];

for (const { name, ignore, open } of KINDS) {
  Deno.test({
    name: `the ${name} cache gives back what was set, under any key and of any JSON`,
    ignore,
    fn: () =>
      open(async (cache) => {
        for (const [index, key] of KEYS.entries()) {
          await cache.set(key, { index, text: "ñ\ud800\u0000" }, 60_000);
        }
        for (const [index, key] of KEYS.entries()) {
          assert.deepEqual(
            await cache.get(key),
            { index, text: "ñ\ud800\u0000" },
            JSON.stringify(key.slice(0, 40)),
          );
        }
        for (const value of [null, 0, false, "", [], [1, { a: [2] }]]) {
          await cache.set("kinds", value, 60_000);
          assert.deepEqual(await cache.get("kinds"), value);
        }
        assert.equal(await cache.get("never:set"), undefined);
      }),
  });

  Deno.test({
    name: `the ${name} cache hands out copies, takes the newest value and forgets what is deleted`,
    ignore,
    fn: () =>
      open(async (cache) => {
        const value = { list: [1] };
        await cache.set("a:1", value, 60_000);
        value.list.push(2);
        const read = await cache.get<{ list: number[] }>("a:1");
        assert.deepEqual(read, { list: [1] });
        read?.list.push(3);
        assert.deepEqual(await cache.get("a:1"), { list: [1] });
        await cache.set("a:1", "newer", 60_000);
        assert.equal(await cache.get("a:1"), "newer");
        await cache.delete("a:1");
        await cache.delete("a:1");
        assert.equal(await cache.get("a:1"), undefined);
      }),
  });

  Deno.test({
    name:
      `the ${name} cache drops an entry when its time is over, and keeps none that has no time or no JSON`,
    ignore,
    fn: () =>
      open(async (cache) => {
        await cache.set("short", 1, 40);
        await cache.set("long", 2, 60_000);
        await eventually("its time is over", async () => await cache.get("short") === undefined);
        assert.equal(await cache.get("long"), 2);
        await cache.set("long", 3, 0);
        assert.equal(await cache.get("long"), undefined);
        await cache.set("nothing", undefined, 60_000);
        assert.equal(await cache.get("nothing"), undefined);
        const cycle: Record<string, unknown> = {};
        cycle.self = cycle;
        await cache.set("cycle", cycle, 60_000);
        assert.equal(await cache.get("cycle"), undefined);
      }),
  });

  Deno.test({
    name: `the ${name} cache clears exactly the keys of a prefix and counts them`,
    ignore,
    fn: () =>
      open(async (cache) => {
        for (const key of ["llm:a:1", "llm:a:2", "llm:ab:1", "llm*:a", "knowledge:a:1"]) {
          await cache.set(key, key, 60_000);
        }
        assert.equal(await cache.clear("llm:a:"), 2);
        assert.equal(await cache.get("llm:a:1"), undefined);
        assert.equal(await cache.get("llm:ab:1"), "llm:ab:1");
        assert.equal(await cache.clear("llm*"), 1);
        assert.equal(await cache.clear("none"), 0);
        assert.equal(await cache.clear(""), 2);
        assert.equal(await cache.get("knowledge:a:1"), undefined);
      }),
  });

  Deno.test({
    name: `the ${name} cache counts its entries, hits and misses`,
    ignore,
    fn: () =>
      open(async (cache) => {
        await cache.set("x:1", 1, 60_000);
        await cache.set("x:2", 2, 60_000);
        await cache.get("x:1");
        await cache.get("x:none");
        const stats = await cache.stats();
        assert.deepEqual(stats.map(({ entries }) => entries), stats.map(() => 2));
        assert.equal(stats.reduce((sum, { hits }) => sum + hits, 0), 1);
        assert.equal(stats.at(-1)?.misses, 1);
      }),
  });

  Deno.test({
    name: `the ${name} cache takes two hundred writers of one key without mixing them`,
    ignore,
    fn: () =>
      open(async (cache) => {
        const values = Array.from({ length: 200 }, (_, n) => ({ n, body: String(n).repeat(500) }));
        await Promise.all(values.map((value) => cache.set("one", value, 60_000)));
        const kept = await cache.get<{ n: number; body: string }>("one");
        assert.ok(kept);
        assert.equal(kept.body, String(kept.n).repeat(500));
      }),
  });
}
