import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { users } from "../../db/schema/identity.ts";
import { auditLog } from "../../db/schema/log.ts";
import { harness } from "../support/harness.ts";
import { GOOD_PASSWORD, registered } from "../support/people.ts";

Deno.test("login works by user name and by e-mail in any case, on every mount", async () => {
  await using h = await harness();
  await registered(h, "ana@example.com", { username: "ana.ruiz" });
  for (
    const [path, body] of [
      ["/api/v3/security/auth/login", { username: "ana.ruiz", password: GOOD_PASSWORD }],
      ["/api/security/auth/login/", { username: "ANA@example.com", password: GOOD_PASSWORD }],
      ["/api/auth/login", { email: "Ana@Example.COM", password: GOOD_PASSWORD }],
      ["/api/v1/auth/login", { username: " Ana.Ruiz ", password: GOOD_PASSWORD }],
    ] as const
  ) {
    const { status, body: answer } = await h.request("POST", path, { body });
    assert.equal(status, 200, path);
    assert.equal(answer.user.username, "ana.ruiz");
    assert.equal(answer.workspace.plan, "free");
    assert.equal((await h.request("GET", "/api/v3/auth/me", { token: answer.access_token })).status, 200);
  }
});

Deno.test("POST /api/auth/token takes the OAuth2 password form", async () => {
  await using h = await harness();
  await registered(h, "ana@example.com");
  const form = (values: Record<string, string>) =>
    h.request("POST", "/api/auth/token", {
      body: new URLSearchParams(values).toString(),
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
  const good = await form({ grant_type: "password", username: "ana@example.com", password: GOOD_PASSWORD });
  assert.equal(good.status, 200);
  assert.deepEqual(Object.keys(good.body).sort(), [
    "access_token",
    "expires_in",
    "refresh_token",
    "token_type",
  ]);
  assert.equal(
    (await form({ username: "ana@example.com", password: "wrong" })).body.code,
    "invalid_credentials",
  );
  assert.equal((await form({ username: "ana@example.com" })).status, 422);
  assert.equal((await form({ grant_type: "client_credentials", username: "a", password: "b" })).status, 422);
});

Deno.test("hostile text in a login or registration is refused or stored, never a 500", async () => {
  await using h = await harness();
  const texts = [
    "a\u0000b",
    "\ud800",
    "😀".repeat(200),
    "' or 1=1 --",
    "<script>",
    "ana\r\nX: y",
    "\u202Eana",
    "İ",
    "%",
  ];
  for (const text of texts) {
    const login = await h.request("POST", "/api/auth/login", { body: { username: text, password: text } });
    assert.ok([401, 422].includes(login.status), `${JSON.stringify(text)} ${login.status}`);
    const user = await registered(h, "x@example.com", { username: text });
    assert.equal(user.status, 422, JSON.stringify(text));
    const named = await registered(h, `${text}@example.com`, { name: text });
    assert.ok([201, 422].includes(named.status), `${JSON.stringify(text)} ${named.status}`);
    const token = await h.request("GET", "/api/auth/me", { token: encodeURIComponent(text.toWellFormed()) });
    assert.equal(token.status, 401);
  }
  const named = await registered(h, "y@example.com", { name: "Ana \u0000\ud800 Ruiz 日本" });
  assert.equal(named.status, 201);
  assert.equal(named.body.user.name, "Ana \ufffd Ruiz 日本");
});

Deno.test("a password of any Unicode works, composed or not", async () => {
  await using h = await harness();
  const password = "contraseña-Ñandú-日本-😀";
  assert.equal((await registered(h, "ana@example.com", { password: password.normalize("NFD") })).status, 201);
  assert.equal(
    (await h.request("POST", "/api/auth/login", {
      body: { username: "ana", password: password.normalize("NFC") },
    })).status,
    200,
  );
});

Deno.test("an imported hash of an older kind signs in once and is replaced", async () => {
  await using h = await harness();
  const { body } = await registered(h, "ana@example.com");
  const [row] = await h.system.db.select().from(users).where(eq(users.id, body.user.id));
  const old = row?.passwordHash?.replace("$test$", "$old$") ?? null;
  await h.system.transact((tx) =>
    tx.db.update(users).set({ passwordHash: old }).where(eq(users.id, body.user.id))
  );
  const login = () =>
    h.request("POST", "/api/auth/login", { body: { username: "ana", password: GOOD_PASSWORD } });
  assert.equal((await login()).status, 200);
  const hashes = h.ports.passwords.hashes;
  const [after] = await h.system.db.select().from(users).where(eq(users.id, body.user.id));
  assert.equal(after?.passwordHash, row?.passwordHash);
  assert.equal((await login()).status, 200);
  assert.equal(h.ports.passwords.hashes, hashes, "hashed anew once only");
});

Deno.test("logout ends the session at once, for the access token and the refresh token", async () => {
  await using h = await harness();
  const { body } = await registered(h, "ana@example.com");
  const me = () => h.request("GET", "/api/auth/me", { token: body.access_token });
  assert.equal((await me()).status, 200);
  assert.equal((await h.request("POST", "/api/auth/logout", { token: body.access_token })).status, 204);
  assert.equal((await me()).status, 401);
  const refreshed = await h.request("POST", "/api/auth/refresh", {
    body: { refresh_token: body.refresh_token },
  });
  assert.equal(refreshed.status, 401);
});

Deno.test("PUT /api/auth/profile changes what is given and refuses what belongs to somebody else", async () => {
  await using h = await harness();
  await registered(h, "luz@example.com", { username: "luz" });
  const { body } = await registered(h, "ana@example.com");
  const put = (change: unknown) =>
    h.request("PUT", "/api/auth/profile", { token: body.access_token, body: change });
  const changed = await put({ name: "Ana Ruiz", locale: "en", role: "admin", platform_admin: true });
  assert.equal(changed.status, 200);
  assert.equal(changed.body.name, "Ana Ruiz");
  assert.equal(changed.body.locale, "en");
  assert.equal(changed.body.platform_admin, false);
  assert.equal(changed.body.email, "ana@example.com");
  assert.equal((await put({ username: "LUZ" })).status, 409);
  assert.equal((await put({ email: "LUZ@example.com" })).status, 409);
  assert.equal((await put({ username: "luz@example.com" })).status, 422);
});

Deno.test("changing the password ends the other sessions and keeps the one that asks", async () => {
  await using h = await harness();
  const { body: mine } = await registered(h, "ana@example.com");
  const { body: other } = await h.request("POST", "/api/auth/login", {
    body: { username: "ana", password: GOOD_PASSWORD },
  });
  const me = (token: string) => h.request("GET", "/api/auth/me", { token });
  assert.equal((await me(other.access_token)).status, 200);
  const change = (path: string, current: string, next: string) =>
    h.request("POST", path, {
      token: mine.access_token,
      body: { current_password: current, new_password: next },
    });
  assert.equal(
    (await change("/api/auth/change-password", "wrong", "otro-camino-de-agua-8")).body.code,
    "invalid_credentials",
  );
  assert.equal((await change("/api/auth/change-password", GOOD_PASSWORD, "password")).status, 422);
  assert.equal(
    (await change("/api/v3/security/password/change", GOOD_PASSWORD, "otro-camino-de-agua-8")).status,
    204,
  );
  assert.equal((await me(mine.access_token)).status, 200);
  assert.equal((await me(other.access_token)).status, 401);
  const login = (password: string) =>
    h.request("POST", "/api/auth/login", { body: { username: "ana", password } });
  assert.equal((await login(GOOD_PASSWORD)).status, 401);
  assert.equal((await login("otro-camino-de-agua-8")).status, 200);
});

Deno.test("what happens to an account is audited without its secrets", async () => {
  await using h = await harness();
  const { body } = await registered(h, "ana@example.com");
  await h.request("POST", "/api/auth/change-password", {
    token: body.access_token,
    body: { current_password: GOOD_PASSWORD, new_password: "otro-camino-de-agua-8" },
  });
  const rows = await h.system.db.select().from(auditLog).where(eq(auditLog.actorId, body.user.id));
  assert.deepEqual(rows.map(({ action }) => action).sort(), ["password.change", "user.register"]);
  assert.ok(!JSON.stringify(rows).includes("camino"));
});
