import assert from "node:assert/strict";
import { createApiKey, endSession } from "../../../lib/identity/mod.ts";
import { authenticate } from "../../../lib/identity/mod.ts";
import { changeMemberRole, changeUser, listSessions, removeMember } from "../../../lib/identity/mod.ts";
import { harness } from "../../support/harness.ts";
import { ask, codeOf, roleOf, warm } from "./ask.ts";

Deno.test("a changed role takes effect with the next request", async () => {
  await using h = await harness();
  const owner = await h.person();
  const member = await h.person({ role: "member", workspaceId: owner.workspaceId });
  await warm(h, member);
  await changeMemberRole(owner.ctx, { userId: member.userId, role: "admin" });
  const now = await ask(h, member.token);
  assert.equal(roleOf(now), "admin");
  assert.ok(now.actor.scopes.has("members:write"));
});

Deno.test("a removed member acts in no workspace with the next request", async () => {
  await using h = await harness();
  const owner = await h.person();
  const member = await h.person({ role: "operator", workspaceId: owner.workspaceId });
  await warm(h, member);
  await removeMember(owner.ctx, member.userId);
  const now = await ask(h, member.token);
  assert.equal(now.workspaceId, null);
  assert.equal(now.actor.scopes.size, 0);
  assert.equal((await h.request("GET", "/api/auth/me", { token: member.token })).body.workspace, null);
});

Deno.test("an ended session is refused with the next request", async () => {
  await using h = await harness();
  const ana = await h.person();
  await warm(h, ana);
  const [session] = await listSessions(ana.ctx);
  assert.equal(session?.current, true);
  await endSession(ana.ctx, session?.id ?? "");
  assert.equal(await codeOf(() => ask(h, ana.token)), "unauthorized");
});

Deno.test("a disabled user is refused with the next request, and so are the user's keys", async () => {
  await using h = await harness();
  const admin = await h.person({ platformAdmin: true });
  const ana = await h.person();
  const key = await createApiKey(ana.ctx, { name: "k" });
  await warm(h, ana);
  await ask(h, key.secret);
  await changeUser(admin.ctx, { id: ana.userId, change: { disabled: true } });
  assert.equal(await codeOf(() => ask(h, ana.token)), "unauthorized");
  assert.equal(await codeOf(() => ask(h, key.secret)), "unauthorized");
});

Deno.test("what is revoked while it is being verified is not kept as verified", async () => {
  await using h = await harness();
  const ana = await h.person();
  const [session] = await listSessions(ana.ctx);
  const pending = Promise.allSettled([ask(h, ana.token)]);
  await endSession(ana.ctx, session?.id ?? "");
  await pending;
  assert.equal(await codeOf(() => ask(h, ana.token)), "unauthorized");
});

Deno.test("a revocation by another process is seen within a second of its commit", async () => {
  await using h = await harness();
  let committed = () => {};
  const database = Object.create(h.ports.database, {
    onForeignCommit: { value: (listener: () => void) => (committed = listener, () => {}) },
  });
  const place = { ports: { ...h.ports, database }, config: h.config };
  const there = (token: string) =>
    authenticate(place, { authorization: `Bearer ${token}`, apiKey: null, workspace: null });
  const ana = await h.person();
  const [session] = await listSessions(ana.ctx);
  await there(ana.token);
  await endSession(ana.ctx, session?.id ?? ""); // the other process: its own memory, the same database
  assert.equal(await codeOf(() => there(ana.token)), "accepted", "nobody told this process yet");
  committed();
  h.clock.advance(1000);
  assert.equal(await codeOf(() => there(ana.token)), "unauthorized");
});
