import assert from "node:assert/strict";
import { users, workspaces } from "../../../db/schema/identity.ts";
import { ConfigError } from "../../../lib/config.ts";
import { defaultWorkspaceId, ensureFirstAdmin } from "../../../lib/identity/mod.ts";
import { harness } from "../../support/harness.ts";
import { signIn } from "../../support/people.ts";

const STRONG = "un-camino-de-agua-muy-largo-7";

Deno.test("the first start makes the admin, who owns the default workspace, with a generated password shown once", async () => {
  await using h = await harness();
  assert.equal(await defaultWorkspaceId(h.system), null);
  const { created, password, weak } = await ensureFirstAdmin(h.system);
  assert.deepEqual([created, weak], [true, false]);
  assert.ok(password !== null && password.length >= 24);
  const { profile } = await signIn(h, "admin", password);
  assert.equal(profile.platformAdmin, true);
  assert.equal(profile.role, "owner");
  assert.equal(profile.workspace?.slug, "default");
  assert.equal(profile.workspace?.id, await defaultWorkspaceId(h.system));
  assert.ok(profile.scopes.has("platform:write"));
  assert.deepEqual(await ensureFirstAdmin(h.system), { created: false, password: null, weak: false });
});

Deno.test("ADMIN_PASSWORD and ADMIN_EMAIL are taken, and the password is not handed back", async () => {
  await using h = await harness({ env: { ADMIN_PASSWORD: STRONG, ADMIN_EMAIL: "Boss@Example.com" } });
  assert.deepEqual(await ensureFirstAdmin(h.system), { created: true, password: null, weak: false });
  assert.equal((await signIn(h, "boss@example.com", STRONG)).profile.username, "admin");
});

Deno.test("two first starts at once make one admin", async () => {
  await using h = await harness();
  const results = await Promise.all([0, 1, 2].map(() => ensureFirstAdmin(h.system)));
  assert.equal(results.filter(({ created }) => created).length, 1);
  assert.equal(results.filter(({ password }) => password !== null).length, 1);
  assert.equal((await h.system.db.select().from(users)).length, 1);
  assert.equal((await h.system.db.select().from(workspaces)).length, 1);
});

Deno.test("a weak ADMIN_PASSWORD warns in development and stops the boot in production", async () => {
  await using h = await harness({ env: { ADMIN_PASSWORD: "admin1234" } });
  assert.deepEqual(await ensureFirstAdmin(h.system), { created: true, password: null, weak: true });
  await using p = await harness({ env: { ADMIN_PASSWORD: "admin1234", CAUCE_ENV: "production" } });
  await assert.rejects(ensureFirstAdmin(p.system), ConfigError);
  assert.equal((await p.system.db.select().from(users)).length, 0);
});

Deno.test("production demands ADMIN_PASSWORD on the first start, and on no later one", async () => {
  await using h = await harness({ env: { CAUCE_ENV: "production" } });
  await assert.rejects(ensureFirstAdmin(h.system), /ADMIN_PASSWORD/);
  await h.person();
  assert.equal((await ensureFirstAdmin(h.system)).created, false);
});
