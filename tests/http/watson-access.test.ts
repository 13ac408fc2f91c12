import assert from "node:assert/strict";
import { SignJWT } from "jose";
import { DAY } from "../../lib/kernel/clock.ts";
import { harness } from "../support/harness.ts";
import { KEY, openWatson, SECRET } from "./watson-world.ts";

Deno.test("only a right key, a right signature or an API key with watson:use comes in", async () => {
  await using line = await openWatson();
  const { h } = line;
  const call = (headers: Record<string, string>) =>
    h.request("POST", "/api/watson/webhook", { headers, body: { text: "hola" } });
  const sign = (secret: string, more: Record<string, unknown> = {}) =>
    new SignJWT(more).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(secret));
  const jwt = await sign(SECRET);
  const right: Record<string, string>[] = [
    { "x-api-key": KEY },
    { authorization: `Bearer ${KEY}` },
    { authorization: `Bearer ${jwt}` },
    { authorization: jwt },
    { authentication: jwt },
  ];
  for (const headers of right) assert.equal((await call(headers)).status, 200, JSON.stringify(headers));
  const past = Math.floor((h.clock.now() - DAY) / 1000);
  const unsigned = `${btoa('{"alg":"none"}')}.${btoa("{}")}.`;
  const wrong: Record<string, string>[] = [
    {},
    { "x-api-key": `${KEY}x` },
    { authorization: `Bearer ${await sign("another-secret-altogether")}` },
    { authorization: await sign(SECRET, { exp: past }) },
    { authorization: unsigned.replaceAll("=", "") },
    { "x-api-key": "cauce_nothing" },
  ];
  for (const headers of wrong) assert.equal((await call(headers)).status, 401, JSON.stringify(headers));
  const key = async (scopes: string[]) =>
    (await h.request("POST", "/api/security/api-keys", { token: line.token, body: { name: "w", scopes } }))
      .body.key;
  assert.equal((await call({ "x-api-key": await key(["watson:use"]) })).status, 200);
  assert.equal((await call({ "x-api-key": await key(["tickets:read"]) })).status, 403);
});

Deno.test("a deployment without Watson's secrets says so, and wrong keys run out of tries", async () => {
  await using h = await harness();
  const bare = await h.request("POST", "/api/watson/webhook", { body: { text: "hola" } });
  assert.deepEqual([bare.status, bare.body.code], [503, "not_configured"]);
  await using line = await openWatson();
  let status = 0;
  for (let tries = 0; tries < 70 && status !== 429; tries++) {
    ({ status } = await line.h.request("POST", "/api/watson/webhook", {
      headers: { "x-api-key": "no" },
      body: { text: "x" },
    }));
  }
  assert.equal(status, 429);
  assert.equal((await line.say("hola")).status, 200, "the right key still comes in");
});
