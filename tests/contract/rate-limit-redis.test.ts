import assert from "node:assert/strict";
import { createLeasedRateLimiter, type LeasedRateLimiter } from "../../lib/adapters/rate-limit/leased.ts";
import { createMemoryRateLimiter } from "../../lib/adapters/rate-limit/memory.ts";
import { connectRedis } from "../../lib/adapters/redis/ioredis.ts";
import { createRedisLink, type RedisConnection } from "../../lib/adapters/redis/link.ts";
import { connectUpstash } from "../../lib/adapters/redis/upstash.ts";
import { HOUR } from "../../lib/kernel/clock.ts";
import type { RateLimiter } from "../../lib/ports/rate-limit.ts";
import { eventually } from "../support/eventually.ts";
import { startRedisRest } from "../support/fakes/redis-rest.ts";
import { createTestClock } from "../support/ports.ts";
import { freeAddress } from "../support/loopback.ts";
import { HAS_REDIS, startRedis } from "../support/redis.ts";

type Connect = () => Promise<RedisConnection>;

/** Of the processes; Redis has its own. It stands still, so that no window ends in the middle of a test. */
const clock = createTestClock();

/** One process's limiter; counts the commands that it sends. */
function open(connect: Connect, { timeoutMs = 30_000, restMs = 0 } = {}) {
  const sent = { commands: 0 };
  const link = createRedisLink({
    async connect() {
      const { call, close } = await connect();
      return { call: (...command) => (sent.commands++, call(...command)), close };
    },
    timeoutMs,
    restMs,
  });
  return Object.assign(createLeasedRateLimiter({ clock, link }), { sent });
}

const KINDS: readonly {
  name: string;
  ignore: boolean;
  open: (use: (one: RateLimiter) => Promise<void>) => Promise<void>;
}[] = [
  { name: "memory", ignore: false, open: (use) => use(createMemoryRateLimiter(clock)) },
  {
    name: "Redis",
    ignore: !HAS_REDIS,
    async open(use) {
      await using redis = await startRedis();
      const limiter = open(() => connectRedis(redis.url));
      await use(limiter).finally(() => limiter.close());
    },
  },
  {
    name: "Redis over REST",
    ignore: !HAS_REDIS,
    async open(use) {
      await using redis = await startRedis();
      await using rest = await startRedisRest(redis.url);
      const limiter = open(() => Promise.resolve(connectUpstash(rest, { fetch })));
      await use(limiter).finally(() => limiter.close());
    },
  },
];

const exact = { name: "login", limit: 10, windowMs: HOUR, exact: true } as const;
const leased = { name: "chat", limit: 10, windowMs: HOUR };

for (const { name, ignore, open } of KINDS) {
  Deno.test({
    name:
      `${name}: a limit lets its number through, subject by subject, peeks without taking, and forgets on reset`,
    ignore,
    fn: () =>
      open(async (limiter) => {
        for (const policy of [exact, leased]) {
          for (let n = 0; n < 20; n++) assert.equal((await limiter.peek(policy, "a")).remaining, 10);
          const remaining: number[] = [];
          for (let n = 0; n < 15; n++) {
            const decision = await limiter.take(policy, "a");
            if (decision.allowed) remaining.push(decision.remaining);
            else assert.ok(decision.retryAfterMs > 0 && decision.retryAfterMs <= 2 * HOUR);
          }
          assert.deepEqual(remaining, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
          assert.equal((await limiter.peek(policy, "a")).allowed, false);
          assert.equal((await limiter.take(policy, "b", 8)).allowed, true);
          assert.equal((await limiter.take(policy, "b", 5)).allowed, false, "a refused cost takes nothing");
          assert.equal((await limiter.take(policy, "b", 2)).allowed, true);
          await limiter.reset(policy, "a");
          assert.equal((await limiter.take(policy, "a")).remaining, 9);
        }
      }),
  });
}

Deno.test({
  name: "processes over one Redis together let exactly an exact limit through, over sockets and REST alike",
  ignore: !HAS_REDIS,
  async fn() {
    await using redis = await startRedis();
    await using rest = await startRedisRest(redis.url);
    const processes = [
      open(() => connectRedis(redis.url)),
      open(() => connectRedis(redis.url)),
      open(() => Promise.resolve(connectUpstash(rest, { fetch }))),
    ];
    const tries = Array.from({ length: 60 }, (_, n) => processes[n % 3]?.take(exact, "a"));
    const passed = (await Promise.all(tries)).filter((decision) => decision?.allowed).length;
    assert.equal(passed, 10);
    const [first, second] = processes;
    assert.equal((await second?.peek(exact, "a"))?.allowed, false);
    await first?.reset(exact, "a");
    await second?.reset(exact, "a");
    assert.equal((await second?.take(exact, "a"))?.allowed, true);
    await Promise.all(processes.map((one) => one.close()));
  },
});

const general = { name: "address", limit: 2000, windowMs: HOUR };

Deno.test({
  name: "a leased limit costs at most 0.05 commands a request and overshoots by no more than it says",
  ignore: !HAS_REDIS,
  async fn() {
    await using redis = await startRedis();
    const processes = Array.from({ length: 4 }, () => open(() => connectRedis(redis.url)));
    const BUCKET = 100;
    const AT_ONCE = 10;
    let passed = 0;
    const turns = 1000;
    for (let turn = 0; turn < turns; turn++) {
      for (const one of processes) if ((await one.take(general, "a")).allowed) passed++;
      if (turn % AT_ONCE === 0) await Promise.all(processes.map((one) => one.settled()));
    }
    const commands = processes.reduce((sum, { sent }) => sum + sent.commands, 0);
    const requests = turns * processes.length;
    assert.ok(commands / requests <= 0.05, `${commands} commands for ${requests} requests`);
    const most = general.limit + processes.length * (BUCKET + AT_ONCE);
    assert.ok(passed <= most, `${passed} passed, ${most} at most`);
    assert.ok(passed >= general.limit - processes.length * BUCKET, `${passed} passed`);
    await Promise.all(processes.map((one) => one.close()));
  },
});

Deno.test({
  name: "a thousand subjects that each ask a little cost no command at all",
  ignore: !HAS_REDIS,
  async fn() {
    await using redis = await startRedis();
    const limiter = open(() => connectRedis(redis.url));
    for (let n = 0; n < 20_000; n++) await limiter.take(general, `subject ${n % 1000}`);
    assert.equal(limiter.sent.commands, 0);
    await limiter.close();
  },
});

async function stillLimits(limiter: LeasedRateLimiter): Promise<void> {
  let passed = 0;
  for (let n = 0; n < 30; n++) if ((await limiter.take(exact, "a")).allowed) passed++;
  assert.equal(passed, 10, "never open: the process's own limit holds");
  assert.equal((await limiter.peek(exact, "a")).allowed, false);
  await limiter.reset(exact, "a");
  assert.equal((await limiter.take(exact, "a")).allowed, true);
  passed = 0;
  for (let n = 0; n < 3000; n++) {
    if ((await limiter.take(general, "a")).allowed) passed++;
    if (n % 100 === 0) await limiter.settled();
  }
  assert.equal(passed, general.limit);
}

Deno.test("while Redis is down each process keeps every limit by itself", async () => {
  const { host, port } = freeAddress();
  const limiter = open(() => connectRedis(`redis://${host}:${port}`), { restMs: HOUR });
  await stillLimits(limiter);
  await limiter.close();
});

for (
  const [name, reply] of [["nothing", null], ["text", "OK"], ["too little", [1]], ["words", [
    "a",
    1,
    2,
    3,
  ]]] as const
) {
  Deno.test(`a Redis that answers ${name} counts as down`, async () => {
    const connection = { call: () => Promise.resolve(reply), close: () => Promise.resolve() };
    const limiter = open(() => Promise.resolve(connection), { restMs: HOUR });
    await stillLimits(limiter);
    assert.equal(limiter.sent.commands, 1, "and is left alone for a while");
    await limiter.close();
  });
}

Deno.test({
  name: "a Redis that hangs costs one bounded wait, and limits are shared again once it answers",
  ignore: !HAS_REDIS,
  async fn() {
    await using redis = await startRedis();
    const [timeoutMs, restMs] = [250, 100];
    const one = open(() => connectRedis(redis.url), { timeoutMs, restMs });
    const other = open(() => connectRedis(redis.url));
    redis.pause();
    // It answers nothing until it is resumed: that this ends at all is that the waits are bounded.
    const started = performance.now();
    await stillLimits(one);
    const waits = (performance.now() - started) / (timeoutMs + restMs);
    assert.ok(one.sent.commands <= 1 + waits, `${one.sent.commands} waits where ${waits} have room`);
    redis.resume();
    let n = 0;
    await eventually("limits are shared again", async () => {
      const subject = `after ${n++}`;
      await one.take(exact, subject, 10);
      return !(await other.peek(exact, subject)).allowed;
    });
    await Promise.all([one.close(), other.close()]);
  },
});
