import assert from "node:assert/strict";
import { harness } from "../support/harness.ts";
import { GOOD_PASSWORD, registered } from "../support/people.ts";

Deno.test("a wrong password and an unknown user get the same answer and cost the same hashing", async () => {
  await using h = await harness();
  await registered(h, "ana@example.com");
  await h.request("POST", "/api/auth/login", { body: { username: "warm", password: "x" } });
  const cost = async (username: string) => {
    const before = { hashes: h.ports.passwords.hashes, verifications: h.ports.passwords.verifications };
    const { status, body } = await h.request("POST", "/api/auth/login", {
      body: { username, password: "wrong" },
    });
    const { hashes, verifications } = h.ports.passwords;
    const { request_id: _, ...problem } = body;
    return {
      status,
      problem,
      hashes: hashes - before.hashes,
      verifications: verifications - before.verifications,
    };
  };
  const known = await cost("ana@example.com");
  assert.deepEqual(known, await cost("nobody@example.com"));
  assert.equal(known.problem.code, "invalid_credentials");
  assert.equal(known.verifications, 1);
});

Deno.test("a disabled account says so after the right password only", async () => {
  await using h = await harness();
  const { body } = await registered(h, "ana@example.com");
  const admin = await h.person({ platformAdmin: true });
  const disabled = await h.request("PATCH", `/api/admin/users/${body.user.id}`, {
    token: admin.token,
    body: { disabled: true },
  });
  assert.equal(disabled.status, 200);
  assert.equal(disabled.body.disabled, true);
  const login = (password: string) =>
    h.request("POST", "/api/auth/login", { body: { username: "ana", password } });
  assert.equal((await login("wrong")).body.code, "invalid_credentials");
  assert.equal((await login(GOOD_PASSWORD)).body.code, "account_disabled");
  assert.equal((await h.request("GET", "/api/auth/me", { token: body.access_token })).status, 401);
  await h.request("PATCH", `/api/admin/users/${body.user.id}`, {
    token: admin.token,
    body: { disabled: false },
  });
  assert.equal((await login(GOOD_PASSWORD)).status, 200);
  assert.equal(
    (await h.request("GET", "/api/auth/me", { token: body.access_token })).status,
    401,
    "old sessions stay ended",
  );
});

Deno.test("login is throttled by account from whatever address, and a right password clears the count", async () => {
  await using h = await harness();
  await registered(h, "ana@example.com");
  const login = (password: string, address: string) =>
    h.request("POST", "/api/auth/login", { body: { username: "ana@example.com", password }, address });
  for (let i = 0; i < 9; i++) assert.equal((await login("wrong", `198.51.100.${i}`)).status, 401);
  assert.equal((await login(GOOD_PASSWORD, "198.51.100.50")).status, 200);
  for (let i = 0; i < 10; i++) assert.equal((await login("wrong", `198.51.100.${i}`)).status, 401);
  const refused = await login(GOOD_PASSWORD, "198.51.100.99");
  assert.equal(refused.status, 429);
  const wait = Number(refused.headers.get("retry-after"));
  assert.ok(wait > 0 && wait <= 30 * 60);
  h.clock.advance(wait * 1000);
  assert.equal((await login(GOOD_PASSWORD, "198.51.100.99")).status, 200);
});

Deno.test("login is throttled by address over many accounts, but right passwords do not count", async () => {
  await using h = await harness();
  await registered(h, "ana@example.com");
  const login = (username: string, password: string) =>
    h.request("POST", "/api/auth/login", { body: { username, password } });
  for (let i = 0; i < 70; i++) assert.equal((await login("ana", GOOD_PASSWORD)).status, 200);
  for (let i = 0; i < 60; i++) assert.equal((await login(`guess-${i}`, "wrong")).status, 401);
  assert.equal((await login("ana", GOOD_PASSWORD)).status, 429);
});
