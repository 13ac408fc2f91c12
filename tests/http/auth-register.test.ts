import assert from "node:assert/strict";
import { users } from "../../db/schema/identity.ts";
import { harness } from "../support/harness.ts";
import { registered } from "../support/people.ts";

Deno.test("POST /api/auth/register makes a user who owns a workspace on the free plan", async () => {
  await using h = await harness();
  const { status, body } = await registered(h, "Ana@Example.com", {
    name: "Ana",
    workspace_name: "Panadería Ruiz",
  });
  assert.equal(status, 201);
  assert.equal(body.token_type, "bearer");
  assert.equal(body.expires_in, 900);
  assert.equal(body.user.email, "ana@example.com");
  assert.equal(body.user.username, "ana");
  assert.equal(body.user.role, "owner");
  assert.equal(body.user.plan, "free");
  assert.deepEqual({ ...body.workspace, id: "" }, {
    id: "",
    name: "Panadería Ruiz",
    slug: "panaderia-ruiz",
    plan: "free",
    sample: false,
  });
  const me = await h.request("GET", "/api/auth/me", { token: body.access_token });
  assert.equal(me.status, 200);
  assert.equal(me.body.id, body.user.id);
  assert.equal(me.body.workspace.id, body.workspace.id);
  assert.ok(me.body.scopes.includes("workspace:write"));
  assert.ok(!me.body.scopes.includes("platform:read"));
  // An id may say it by chance.
  assert.ok(!JSON.stringify(me.body).replace(/_[0-9a-z]{26}/g, "").includes("hash"));
});

Deno.test("registering refuses an e-mail in another case, and a user name in another case", async () => {
  await using h = await harness();
  assert.equal((await registered(h, "ana@example.com", { username: "Ana" })).status, 201);
  const again = await registered(h, "ANA@EXAMPLE.COM");
  assert.equal(again.status, 409);
  assert.equal(again.body.code, "conflict");
  assert.equal((await registered(h, "other@example.com", { username: "ANA" })).status, 409);
});

Deno.test("registering twenty times at once with one e-mail makes one user", async () => {
  await using h = await harness();
  const answers = await Promise.all(Array.from({ length: 20 }, () => registered(h, "ana@example.com")));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array(19).fill(409)]);
  assert.equal((await h.system.db.select().from(users)).length, 1);
});

Deno.test("a user name that is somebody's e-mail is refused, so nobody can pose as that login", async () => {
  await using h = await harness();
  await registered(h, "ana@example.com");
  const posing = await registered(h, "eve@example.com", { username: "ana@example.com" });
  assert.equal(posing.status, 422);
  assert.equal(posing.body.errors[0].path, "username");
  const own = await registered(h, "luz@example.com", { username: "luz@example.com" });
  assert.equal(own.status, 201);
  assert.equal(own.body.user.username, "luz");
});

Deno.test("two people with one local part of their e-mail get different user names", async () => {
  await using h = await harness();
  const first = await registered(h, "ana@example.com");
  const second = await registered(h, "ana@example.org");
  assert.equal(second.status, 201);
  assert.notEqual(first.body.user.username, second.body.user.username);
  assert.notEqual(first.body.workspace.slug, second.body.workspace.slug);
});

Deno.test("registering names every field that is not valid", async () => {
  await using h = await harness();
  const answer = await h.request("POST", "/api/auth/register", { body: { email: "no", name: " " } });
  assert.equal(answer.status, 422);
  assert.deepEqual(answer.body.errors.map((error: { path: string }) => error.path).sort(), [
    "email",
    "name",
    "password",
  ]);
});

Deno.test("a password that is easy to guess is refused and says why", async () => {
  await using h = await harness();
  for (const password of ["short", "password", "Password1", "contraseña", "ana.ruiz.lopez"]) {
    const answer = await registered(h, "ana.ruiz.lopez@example.com", { password });
    assert.equal(answer.status, 422, password);
    assert.equal(answer.body.errors[0].path, "password");
  }
  assert.equal(h.ports.passwords.hashes, 0);
});
