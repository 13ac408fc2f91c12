import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { ADMIN_PASSWORD, openEdgeWorld } from "../support/edge.ts";
import { startRedisRest } from "../support/fakes/redis-rest.ts";
import { HAS_REDIS, startRedis } from "../support/redis.ts";

Deno.test({
  name:
    "in workerd tries at a password are counted in Redis over REST, and by the isolate alone once Redis is gone",
  ignore: !HAS_REDIS,
  async fn() {
    await using redis = await startRedis();
    const rest = await startRedisRest(redis.url);
    await using edge = await openEdgeWorld({
      env: { UPSTASH_REDIS_REST_URL: rest.restUrl, UPSTASH_REDIS_REST_TOKEN: rest.restToken },
    });
    const login = (username: string, password: string) =>
      edge.request("POST", "/api/auth/login", { body: { username, password } });
    const statuses: number[] = [];
    for (let n = 0; n < 11; n++) statuses.push((await login("nobody", "wrong-one")).status);
    assert.deepEqual(statuses, [...Array(10).fill(401), 429]);
    const client = new Redis(redis.url);
    const keys = await client.keys("cauce:limit:login.account:*");
    assert.equal(keys.length, 1);
    const counted = await client.hmget(keys[0] ?? "", "c", "p"); // a window may have begun in between
    assert.equal(counted.reduce((sum, n) => sum + Number(n), 0), 10);
    client.disconnect();

    await rest[Symbol.asyncDispose]();
    assert.equal((await login("admin", ADMIN_PASSWORD)).status, 200, "nothing fails");
    const alone: number[] = [];
    for (let n = 0; n < 11; n++) alone.push((await login("somebody", "wrong-one")).status);
    assert.deepEqual(alone, [...Array(10).fill(401), 429], "and nothing is open");
  },
});
