import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { createMemoryLiveBus } from "../../lib/adapters/live/memory.ts";
import { createRedisLiveBus, type RedisLiveBus } from "../../lib/adapters/live/redis.ts";
import { connectRedis } from "../../lib/adapters/redis/ioredis.ts";
import { createRedisLink } from "../../lib/adapters/redis/link.ts";
import { subscribeRedis } from "../../lib/adapters/redis/subscribe.ts";
import { connectUpstash } from "../../lib/adapters/redis/upstash.ts";
import { startRedisRest } from "../support/fakes/redis-rest.ts";
import { freeAddress } from "../support/loopback.ts";
import { HAS_REDIS, startRedis } from "../support/redis.ts";

const event = {
  seq: 1,
  workspaceId: "a",
  type: "message.received",
  conversationId: null,
  subjectId: "msg_1",
  data: {},
  at: 0,
};

/** One process's bus and what its streams of workspace "a" heard. */
function open(url: string, rest?: Parameters<typeof connectUpstash>[0]) {
  const heard: string[] = [];
  const connect = rest === undefined
    ? () => connectRedis(url)
    : () => Promise.resolve(connectUpstash(rest, { fetch }));
  const bus: RedisLiveBus = createRedisLiveBus({
    local: createMemoryLiveBus(),
    link: createRedisLink({ connect, timeoutMs: 30_000, restMs: 50 }),
    subscribe: rest === undefined
      ? (channel, onMessage) => subscribeRedis(url, { channel, onMessage })
      : null,
    gapMs: 5,
  });
  bus.subscribe("a", (it) => heard.push(it?.subjectId ?? "look"));
  return { bus, heard };
}

Deno.test({
  name: "processes over one Redis tell each other to look, by sockets and REST, and never themselves",
  ignore: !HAS_REDIS,
  async fn() {
    await using redis = await startRedis();
    await using rest = await startRedisRest(redis.url);
    const [one, other, edge] = [open(redis.url), open(redis.url), open(redis.url, rest)];
    await Promise.all([one.bus.start(), other.bus.start(), edge.bus.start()]);
    await eventually("a first look of both", () => one.heard.length > 0 && other.heard.length > 0); // the first look, once they listen
    one.heard.length = other.heard.length = 0;
    for (let n = 0; n < 100; n++) one.bus.pulse(event);
    await eventually("a look", () => other.heard.includes("look"));
    assert.equal(
      one.heard.join(),
      Array(100).fill("msg_1").join(),
      "its own streams hear it at once and no echo",
    );
    assert.ok(other.heard.length <= 3, "a burst is few messages");
    const before = [one.heard.length, other.heard.length];
    edge.bus.pulse(event);
    await eventually(
      "another look of both",
      () => one.heard.length > (before[0] ?? 0) && other.heard.length > (before[1] ?? 0),
    );
    assert.equal(edge.heard.join(), "msg_1");
    await Promise.all([one, other, edge].map(({ bus }) => bus.close()));
  },
});

Deno.test({
  name: "a listener whose Redis hung or was lost looks again when it is back",
  ignore: !HAS_REDIS,
  async fn() {
    const address = freeAddress();
    const url = `redis://${address.host}:${address.port}`;
    const { bus, heard } = open(url);
    await bus.start();
    bus.pulse(event);
    assert.equal(heard.join(), "msg_1", "a Redis that is down holds nobody up");
    await using _redis = await startRedis(address);
    await eventually("a look", () => heard.includes("look"));
    const other = open(url);
    heard.length = 0;
    await eventually("a look", () => {
      other.bus.pulse(event);
      return heard.includes("look");
    });
    await Promise.all([bus.close(), other.bus.close()]);
  },
});
