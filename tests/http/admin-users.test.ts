import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { memberships, users } from "../../db/schema/identity.ts";
import { auditLog } from "../../db/schema/log.ts";
import { harness } from "../support/harness.ts";
import { GOOD_PASSWORD, registered } from "../support/people.ts";

const USERS = "/api/v3/admin/users";

Deno.test("only the platform's admin reaches the users, whatever the role in a workspace", async () => {
  await using h = await harness();
  for (const role of ["owner", "admin", "operator", "member"] as const) {
    const { token, userId } = await h.person({ role });
    assert.equal((await h.request("GET", USERS, { token })).status, 403, role);
    assert.equal(
      (await h.request("PATCH", `${USERS}/${userId}`, { token, body: { platform_admin: true } })).status,
      403,
      role,
    );
  }
});

Deno.test("the admin lists and searches users in pages, without hashes", async () => {
  await using h = await harness();
  const admin = await h.person({ platformAdmin: true });
  for (const name of ["ana", "luis", "luz"]) await registered(h, `${name}@example.com`);
  const page = await h.request("GET", `${USERS}?limit=3`, { token: admin.token });
  assert.equal(page.status, 200);
  assert.equal(page.body.data.length, 3);
  const rest = await h.request("GET", `${USERS}?limit=3&cursor=${page.body.next_cursor}`, {
    token: admin.token,
  });
  assert.equal(rest.body.data.length, 1);
  assert.equal(rest.body.next_cursor, null);
  const found = await h.request("GET", `${USERS}?search=lu`, { token: admin.token });
  assert.deepEqual(found.body.data.map(({ username }: { username: string }) => username), ["luis", "luz"]);
  assert.deepEqual((await h.request("GET", `${USERS}?search=%25`, { token: admin.token })).body.data, []);
  assert.equal(found.body.data[0].role, "owner");
  assert.equal(found.body.data[0].plan, "free");
  // An id may say it by chance.
  assert.ok(!JSON.stringify(page.body).replace(/_[0-9a-z]{26}/g, "").includes("hash"));
});

Deno.test("the admin creates a user with a workspace of their own, or in one that is there", async () => {
  await using h = await harness();
  const admin = await h.person({ platformAdmin: true });
  const create = (body: unknown) => h.request("POST", USERS, { token: admin.token, body });
  const own = await create({ email: "ana@example.com", password: GOOD_PASSWORD });
  assert.equal(own.status, 201);
  assert.equal(own.body.role, "owner");
  const inside = await create({
    email: "luis@example.com",
    password: GOOD_PASSWORD,
    workspace_id: own.body.workspace.id,
    role: "operator",
  });
  assert.equal(inside.body.role, "operator");
  assert.equal(inside.body.workspace.id, own.body.workspace.id);
  assert.equal(
    (await h.request("POST", "/api/auth/login", { body: { username: "luis", password: GOOD_PASSWORD } }))
      .status,
    200,
  );
  assert.equal((await create({ email: "ANA@example.com" })).status, 409);
  assert.equal((await create({ email: "x@example.com", workspace_id: "wsp_none" })).status, 404);
  assert.equal((await create({ email: "x@example.com", password: "password" })).status, 422);
  const without = await create({ email: "luz@example.com" });
  assert.equal(without.status, 201);
  assert.equal(
    (await h.request("POST", "/api/auth/login", { body: { username: "luz", password: "anything" } })).status,
    401,
  );
});

Deno.test("the admin changes a role, the standing and the sessions of a user, at once", async () => {
  await using h = await harness();
  const admin = await h.person({ platformAdmin: true });
  const owner = await h.person();
  const ana = await h.person({ role: "member", workspaceId: owner.workspaceId });
  const change = (body: unknown, id = ana.userId) =>
    h.request("PATCH", `${USERS}/${id}`, { token: admin.token, body });
  const me = () => h.request("GET", "/api/auth/me", { token: ana.token });
  assert.equal((await me()).body.role, "member");
  assert.equal((await change({ role: "admin" })).body.role, "admin");
  assert.equal((await me()).body.role, "admin");
  assert.equal((await change({ platform_admin: true, name: "Ana" })).body.platform_admin, true);
  assert.ok((await me()).body.scopes.includes("platform:write"));
  assert.equal((await change({ role: "member", workspace_id: admin.workspaceId })).status, 404);
  assert.equal((await change({ role: "member" }, "usr_none")).status, 404);
  assert.equal((await change({ role: "member" }, owner.userId)).status, 409, "the last owner");
  assert.equal((await change({ end_sessions: true })).status, 200);
  assert.equal((await me()).status, 401);
  const entries = await h.system.db.select().from(auditLog).where(eq(auditLog.action, "user.change"));
  assert.equal(entries.length, 3);
  assert.ok(entries.every(({ actorId }) => actorId === admin.userId));
});

Deno.test("the last platform admin can't be disabled, demoted or deleted, nor delete oneself", async () => {
  await using h = await harness();
  const admin = await h.person({ platformAdmin: true });
  const path = `${USERS}/${admin.userId}`;
  assert.equal(
    (await h.request("PATCH", path, { token: admin.token, body: { platform_admin: false } })).status,
    409,
  );
  assert.equal(
    (await h.request("PATCH", path, { token: admin.token, body: { disabled: true } })).status,
    409,
  );
  const second = await h.person({ platformAdmin: true });
  assert.equal((await h.request("DELETE", path, { token: admin.token })).status, 409);
  assert.equal((await h.request("DELETE", path, { token: second.token })).status, 204);
  assert.equal(
    (await h.request("PATCH", `${USERS}/${second.userId}`, { token: second.token, body: { disabled: true } }))
      .status,
    409,
  );
});

Deno.test("a deleted user is gone with sessions, keys and memberships, and the log stays", async () => {
  await using h = await harness();
  const admin = await h.person({ platformAdmin: true });
  const { body: ana } = await registered(h, "ana@example.com");
  const { body: { key } } = await h.request("POST", "/api/security/api-keys", {
    token: ana.access_token,
    body: { name: "k" },
  });
  assert.equal((await h.request("GET", "/api/auth/me", { token: key })).status, 200);
  assert.equal((await h.request("DELETE", `${USERS}/${ana.user.id}`, { token: admin.token })).status, 204);
  for (const token of [ana.access_token, key]) {
    assert.equal((await h.request("GET", "/api/auth/me", { token })).status, 401);
  }
  assert.equal(
    (await h.request("POST", "/api/auth/refresh", { body: { refresh_token: ana.refresh_token } })).status,
    401,
  );
  assert.equal((await h.system.db.select().from(users).where(eq(users.id, ana.user.id))).length, 0);
  assert.equal(
    (await h.system.db.select().from(memberships).where(eq(memberships.userId, ana.user.id))).length,
    0,
  );
  assert.ok(
    (await h.system.db.select().from(auditLog).where(eq(auditLog.subjectId, ana.user.id))).length >= 2,
  );
  assert.equal((await registered(h, "ana@example.com")).status, 201, "the address is free again");
});

Deno.test("an owner on whom others depend is not deleted or disabled", async () => {
  await using h = await harness();
  const admin = await h.person({ platformAdmin: true });
  const owner = await h.person();
  await h.person({ role: "member", workspaceId: owner.workspaceId });
  assert.equal((await h.request("DELETE", `${USERS}/${owner.userId}`, { token: admin.token })).status, 409);
  assert.equal(
    (await h.request("PATCH", `${USERS}/${owner.userId}`, { token: admin.token, body: { disabled: true } }))
      .status,
    409,
  );
  await h.person({ role: "owner", workspaceId: owner.workspaceId });
  assert.equal((await h.request("DELETE", `${USERS}/${owner.userId}`, { token: admin.token })).status, 204);
});

Deno.test("a workspace that only the deleted user was in goes to the admin, with everything in it", async () => {
  await using h = await harness();
  await h.person({ platformAdmin: true });
  const admin = await h.person({ platformAdmin: true });
  const { body: ana } = await registered(h, "ana@example.com");
  const sent = await h.request("POST", "/api/conversations", {
    token: ana.access_token,
    body: { contact: { external_id: "c-1" }, text: "hola" },
  });
  const workspaceId: string = ana.workspace.id;
  assert.equal((await h.request("DELETE", `${USERS}/${ana.user.id}`, { token: admin.token })).status, 204);
  const path = `/api/conversations/${sent.body.conversation_id}`;
  const headers = { "x-workspace-id": workspaceId };
  assert.equal((await h.request("GET", path, { token: admin.token, headers })).status, 200);
  const members = await h.request("GET", "/api/workspaces/current/members", { token: admin.token, headers });
  assert.deepEqual(members.body.data.map((m: { user_id: string; role: string }) => [m.user_id, m.role]), [
    [admin.userId, "owner"],
  ]);
});
