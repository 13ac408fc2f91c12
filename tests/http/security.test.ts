import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { apiKeys } from "../../db/schema/identity.ts";
import { auditLog } from "../../db/schema/log.ts";
import { harness } from "../support/harness.ts";
import { GOOD_PASSWORD, registered } from "../support/people.ts";

const KEYS = "/api/v3/security/api-keys";

Deno.test("an API key is shown once, stored hashed, listed by its prefix, and works until it is revoked", async () => {
  await using h = await harness();
  const ana = await h.person();
  const made = await h.request("POST", KEYS, {
    token: ana.token,
    body: { name: "Shop", scopes: ["api_keys:read"] },
  });
  assert.equal(made.status, 201);
  assert.match(made.body.key, /^cauce_[A-Za-z0-9_-]{43}$/);
  assert.ok(made.body.key.startsWith(made.body.prefix));
  assert.equal(made.body.expires_at, null);
  const listed = await h.request("GET", KEYS, { headers: { "x-api-key": made.body.key } });
  assert.equal(listed.status, 200);
  assert.equal(listed.body.data[0].id, made.body.id);
  assert.ok(!JSON.stringify([listed.body, await h.system.db.select().from(apiKeys)]).includes(made.body.key));
  assert.equal((await h.request("POST", KEYS, { token: made.body.key, body: { name: "more" } })).status, 403);
  const me = await h.request("GET", "/api/users/me", { token: made.body.key });
  assert.equal(me.body.id, ana.userId);
  assert.deepEqual(me.body.scopes, ["api_keys:read"]);
  assert.equal((await h.request("DELETE", `${KEYS}/${made.body.id}`, { token: ana.token })).status, 204);
  assert.equal((await h.request("DELETE", `${KEYS}/${made.body.id}`, { token: ana.token })).status, 404);
  assert.equal((await h.request("GET", KEYS, { token: made.body.key })).status, 401);
  const rows = await h.system.db.select().from(auditLog).where(eq(auditLog.subjectId, made.body.id));
  assert.deepEqual(rows.map(({ action }) => action).sort(), ["api_key.create", "api_key.revoke"]);
  assert.deepEqual(rows.find(({ action }) => action === "api_key.create")?.detail, {
    name: "Shop",
    scopes: ["api_keys:read"],
    expiresAt: null,
  });
});

Deno.test("an API key of another workspace can't be seen or revoked", async () => {
  await using h = await harness();
  const ours = await h.person();
  const theirs = await h.person();
  const { body } = await h.request("POST", KEYS, { token: theirs.token, body: { name: "k" } });
  assert.equal((await h.request("DELETE", `${KEYS}/${body.id}`, { token: ours.token })).status, 404);
  assert.equal((await h.request("GET", KEYS, { token: ours.token })).body.data.length, 0);
  assert.equal((await h.request("GET", KEYS, { token: body.key })).status, 200);
  assert.equal(
    (await h.request("GET", "/api/auth/me", {
      token: body.key,
      headers: { "x-workspace-id": ours.workspaceId },
    })).status,
    404,
  );
});

Deno.test("an API key's name, scopes and expiry are checked, and every wrong field is named", async () => {
  await using h = await harness();
  const ana = await h.person();
  const bad = await h.request("POST", KEYS, {
    token: ana.token,
    body: { name: "", scopes: ["everything"], expires_at: "soon" },
  });
  assert.equal(bad.status, 422);
  assert.deepEqual(bad.body.errors.map(({ path }: { path: string }) => path).sort(), [
    "expires_at",
    "name",
    "scopes.0",
  ]);
  const past = { name: "k", expires_at: new Date(h.clock.now() - 1000).toISOString() };
  assert.equal((await h.request("POST", KEYS, { token: ana.token, body: past })).status, 422);
});

Deno.test("an API key has no session: it can't log out, change a password or make a user of itself", async () => {
  await using h = await harness();
  const { body: ana } = await registered(h, "ana@example.com");
  const { body: { key } } = await h.request("POST", KEYS, { token: ana.access_token, body: { name: "k" } });
  const change = { current_password: GOOD_PASSWORD, new_password: "otro-camino-de-agua-8" };
  assert.equal((await h.request("POST", "/api/security/auth/logout", { token: key })).status, 403);
  assert.equal(
    (await h.request("POST", "/api/security/password/change", { token: key, body: change })).status,
    403,
  );
  assert.equal((await h.request("GET", "/api/security/sessions", { token: key })).status, 403);
  assert.equal(
    (await h.request("PUT", "/api/auth/profile", { token: key, body: { name: "x" } })).status,
    403,
  );
});

Deno.test("the caller's sessions are listed with the present one marked, and only the caller can end them", async () => {
  await using h = await harness();
  const { body: first } = await registered(h, "ana@example.com");
  h.clock.advance(1000);
  const { body: second } = await h.request("POST", "/api/auth/login", {
    body: { username: "ana", password: GOOD_PASSWORD },
    headers: { "user-agent": "Test/1.0" },
    address: "198.51.100.7",
  });
  const eve = await h.person();
  const { body } = await h.request("GET", "/api/v3/security/sessions", { token: second.access_token });
  assert.deepEqual(
    body.data.map(({ current, user_agent, address }: Record<string, unknown>) => ({
      current,
      user_agent,
      address,
    })),
    [
      { current: true, user_agent: "Test/1.0", address: "198.51.100.7" },
      { current: false, user_agent: null, address: "192.0.2.10" },
    ],
  );
  assert.ok(!JSON.stringify(body).replace(/_[0-9a-z]{26}/g, "").includes("seed"));
  const older = body.data[1].id;
  assert.equal(
    (await h.request("DELETE", `/api/security/sessions/${older}`, { token: eve.token })).status,
    404,
  );
  assert.equal((await h.request("GET", "/api/auth/me", { token: first.access_token })).status, 200);
  assert.equal(
    (await h.request("DELETE", `/api/security/sessions/${older}`, { token: second.access_token })).status,
    204,
  );
  assert.equal((await h.request("GET", "/api/auth/me", { token: first.access_token })).status, 401);
  assert.equal((await h.request("GET", "/api/auth/me", { token: second.access_token })).status, 200);
});

Deno.test("POST /api/security/password/validate judges by the estimator and by the caller's own words", async () => {
  await using h = await harness();
  const { body } = await registered(h, "marisol.quintero@example.com");
  const judge = async (password: string) =>
    (await h.request("POST", "/api/v3/security/password/validate", {
      token: body.access_token,
      body: { password },
    })).body;
  const weak = await judge("password1");
  assert.equal(weak.valid, false);
  assert.ok(weak.score < weak.min_score && weak.reason.length > 0);
  const strong = await judge("un-camino-de-agua-7");
  assert.deepEqual([strong.valid, strong.reason], [true, null]);
  assert.equal((await judge("marisol.quintero")).valid, false);
  assert.equal((await judge("")).valid, false);
  assert.equal((await judge("😀".repeat(500))).valid !== undefined, true);
});

Deno.test("POST /api/auth/password-strength judges for who can't be signed in yet, so often a minute", async () => {
  await using h = await harness();
  const judge = async (body: Record<string, unknown>) =>
    await h.request("POST", "/api/auth/password-strength", { body });
  const weak = (await judge({ password: "corta" })).body;
  assert.deepEqual([weak.valid, weak.min_length], [false, 8]);
  assert.equal((await judge({ password: "un-camino-de-agua-7" })).body.valid, true);
  assert.equal((await judge({ password: "marisol.quintero" })).body.valid, true);
  const own = await judge({ password: "marisol.quintero", about: ["marisol.quintero@example.com"] });
  assert.equal(own.body.valid, false);
  const policy = { name: "strength.address", limit: 240, windowMs: 60_000 };
  while ((await h.ports.limiter.take(policy, "192.0.2.10")).allowed);
  const { status, headers } = await judge({ password: "un-camino-de-agua-7" });
  assert.equal(status, 429);
  assert.ok(Number(headers.get("retry-after")) > 0);
});

Deno.test("nothing of identity answers to nobody", async () => {
  await using h = await harness();
  for (
    const [method, path] of [
      ["GET", "/api/auth/me"],
      ["GET", "/api/users/me"],
      ["POST", "/api/auth/logout"],
      ["PUT", "/api/auth/profile"],
      ["POST", "/api/auth/change-password"],
      ["GET", "/api/security/sessions"],
      ["DELETE", "/api/security/sessions/ses_1"],
      ["POST", "/api/security/password/validate"],
      ["POST", "/api/security/password/change"],
      ["GET", "/api/security/api-keys"],
      ["POST", "/api/security/api-keys"],
      ["DELETE", "/api/security/api-keys/key_1"],
      ["GET", "/api/admin/users"],
      ["POST", "/api/admin/users"],
      ["PATCH", "/api/admin/users/usr_1"],
      ["DELETE", "/api/admin/users/usr_1"],
      ["GET", "/api/workspaces"],
      ["GET", "/api/workspaces/current"],
      ["GET", "/api/workspaces/current/members"],
      ["DELETE", "/api/workspaces/current/members/usr_1"],
      ["POST", "/api/workspaces/current/invitations"],
      ["POST", "/api/invitations/accept"],
    ] as const
  ) {
    const body = method === "POST" || method === "PUT" || method === "PATCH" ? {} : undefined;
    const { status, body: problem } = await h.request(method, path, { body });
    assert.equal(status, 401, `${method} ${path}`);
    assert.equal(problem.code, "unauthorized");
  }
});
