import assert from "node:assert/strict";
import { Prepared } from "../../../lib/adapters/db/prepared.ts";
import { insertMembership } from "../../../lib/identity/store-members.ts";
import {
  createApiKey,
  endSession,
  flushKeyUse,
  listApiKeys,
  revokeApiKey,
} from "../../../lib/identity/mod.ts";
import { authenticate, type Authenticated, issueVisitorToken } from "../../../lib/identity/mod.ts";
import { changeMemberRole, changeUser, listSessions, removeMember } from "../../../lib/identity/mod.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { ROLES } from "../../../lib/kernel/scopes.ts";
import { verifiedOf } from "../../../lib/identity/verified.ts";
import { type Harness, harness, type Person } from "../../support/harness.ts";

function ask(h: Harness, token: string, workspace: string | null = null) {
  return authenticate(h, { authorization: `Bearer ${token}`, apiKey: null, workspace });
}

async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (thrown) {
    return thrown instanceof AppError ? thrown.code : String(thrown);
  }
  return "accepted";
}

/** Counts the statements that return rows, while it is in use. */
function countReads() {
  const { values, first } = Prepared.prototype;
  const counter = {
    reads: 0,
    [Symbol.dispose]: () => void Object.assign(Prepared.prototype, { values, first }),
  };
  Prepared.prototype.values = function (args) {
    counter.reads++;
    return values.call(this, args);
  };
  Prepared.prototype.first = function (args) {
    counter.reads++;
    return first.call(this, args);
  };
  return counter;
}

function roleOf({ actor }: Authenticated): string {
  return actor.kind === "user" ? actor.role : actor.kind;
}

/** Asks twice, so that the second answer comes from what was verified. */
async function warm(h: Harness, person: Person): Promise<void> {
  await ask(h, person.token);
  assert.ok(!(ask(h, person.token) instanceof Promise), "the second answer needs no promise");
}

Deno.test("no credential is the anonymous actor, at once", async () => {
  await using h = await harness();
  const who = authenticate(h, { authorization: null, apiKey: null, workspace: "wsp_x" });
  assert.ok(!(who instanceof Promise));
  assert.equal(who.actor.kind, "anonymous");
});

Deno.test("what was verified is answered without a promise or a read, for a minute", async () => {
  await using h = await harness();
  const ana = await h.person({ role: "operator" });
  const first = await ask(h, ana.token);
  assert.equal(first.workspaceId, ana.workspaceId);
  assert.equal(roleOf(first), "operator");
  assert.equal(first.actor.scopes, ROLES.operator);
  h.clock.advance(59_999);
  assert.equal(ask(h, ana.token), first);
  h.clock.advance(1);
  const again = ask(h, ana.token);
  assert.ok(again instanceof Promise);
  await again;
});

Deno.test("what was verified is not believed past the token's own end", async () => {
  await using h = await harness({ env: { ACCESS_TOKEN_TTL: "10s" } });
  const { body } = await h.request("POST", "/api/auth/register", {
    body: { email: "a@example.com", password: "un-camino-de-agua-7" },
  });
  await ask(h, body.access_token);
  h.clock.advance(9_999);
  assert.ok(!(ask(h, body.access_token) instanceof Promise));
  h.clock.advance(1);
  assert.equal(await codeOf(() => ask(h, body.access_token)), "token_expired");
});

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
  const pending = ask(h, ana.token);
  await endSession(ana.ctx, session?.id ?? "");
  await Promise.allSettled([pending]);
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

Deno.test("X-Workspace-Id chooses among the memberships, with the role held there; any other is 404", async () => {
  await using h = await harness();
  const ana = await h.person({ role: "owner" });
  const luz = await h.person();
  await h.system.as({ workspaceId: luz.workspaceId }).transact((tx) =>
    insertMembership(tx, { userId: ana.userId, role: "member" })
  );
  const stranger = await h.person();
  const there = await ask(h, ana.token, luz.workspaceId);
  assert.equal(there.workspaceId, luz.workspaceId);
  assert.equal(roleOf(there), "member");
  assert.equal((await ask(h, ana.token)).workspaceId, ana.workspaceId);
  for (const id of [stranger.workspaceId, "wsp_none", "", "' or 1=1"]) {
    assert.equal(await codeOf(() => ask(h, ana.token, id)), "not_found", id);
    assert.equal(await codeOf(() => ask(h, ana.token, id)), "not_found", "and is not remembered");
  }
});

Deno.test("an API key works in either header, in its own workspace, with its own scopes", async () => {
  await using h = await harness();
  const ana = await h.person();
  const other = await h.person();
  const { id, secret } = await createApiKey(ana.ctx, { name: "Shop", scopes: ["conversations:read"] });
  assert.match(secret, /^cauce_[A-Za-z0-9_-]{43}$/);
  for (
    const credentials of [{ authorization: `Bearer ${secret}`, apiKey: null }, {
      authorization: null,
      apiKey: secret,
    }]
  ) {
    const who = await authenticate(h, { ...credentials, workspace: null });
    assert.equal(who.workspaceId, ana.workspaceId);
    assert.deepEqual({ kind: who.actor.kind, id: who.actor.id, scopes: [...who.actor.scopes] }, {
      kind: "api_key",
      id,
      scopes: ["conversations:read"],
    });
  }
  assert.equal(await codeOf(() => ask(h, secret, other.workspaceId)), "not_found");
  assert.equal(await codeOf(() => ask(h, secret, ana.workspaceId)), "accepted");
  assert.equal(await codeOf(() => ask(h, `${secret.slice(0, -1)}x`)), "unauthorized");
  assert.equal(
    await codeOf(() => authenticate(h, { authorization: null, apiKey: "not a key", workspace: null })),
    "unauthorized",
  );
});

Deno.test("a revoked or expired API key is refused with the next request", async () => {
  await using h = await harness();
  const ana = await h.person();
  const revoked = await createApiKey(ana.ctx, { name: "a" });
  const expiring = await createApiKey(ana.ctx, { name: "b", expiresAt: h.clock.now() + 30_000 });
  await ask(h, revoked.secret);
  await ask(h, expiring.secret);
  await revokeApiKey(ana.ctx, revoked.id);
  assert.equal(await codeOf(() => ask(h, revoked.secret)), "unauthorized");
  h.clock.advance(29_999);
  assert.equal(await codeOf(() => ask(h, expiring.secret)), "accepted");
  h.clock.advance(1);
  assert.equal(await codeOf(() => ask(h, expiring.secret)), "token_expired");
});

Deno.test("a key holds no more than its creator, when it is made and ever after", async () => {
  await using h = await harness();
  const owner = await h.person();
  const admin = await h.person({ role: "admin", workspaceId: owner.workspaceId });
  assert.equal(
    await codeOf(() => createApiKey(admin.ctx, { name: "k", scopes: ["workspace:write"] })),
    "forbidden",
  );
  assert.equal(
    await codeOf(() => createApiKey(admin.ctx, { name: "k", scopes: ["platform:read"] })),
    "forbidden",
  );
  const key = await createApiKey(admin.ctx, { name: "k", scopes: ["members:write", "conversations:read"] });
  await ask(h, key.secret);
  await changeMemberRole(owner.ctx, { userId: admin.userId, role: "member" });
  assert.deepEqual([...(await ask(h, key.secret)).actor.scopes], ["conversations:read"]);
  await removeMember(owner.ctx, admin.userId);
  assert.equal(await codeOf(() => ask(h, key.secret)), "unauthorized");
});

Deno.test("the last use of a key is collected in memory and written in one batch", async () => {
  await using h = await harness();
  const ana = await h.person();
  const keys = [await createApiKey(ana.ctx, { name: "a" }), await createApiKey(ana.ctx, { name: "b" })];
  for (const { secret } of keys) for (let i = 0; i < 5; i++) await ask(h, secret);
  h.clock.advance(10_000);
  ask(h, keys[0]?.secret ?? "");
  const uses = async () =>
    Object.fromEntries(
      (await listApiKeys(ana.ctx, { limit: 10 })).data.map((key) => [key.name, key.lastUsedAt]),
    );
  assert.deepEqual(await uses(), { a: null, b: null });
  assert.equal(await flushKeyUse(h.system), 2);
  assert.deepEqual(await uses(), { a: h.clock.now(), b: h.clock.now() - 10_000 });
  assert.equal(await flushKeyUse(h.system), 0);
});

Deno.test("a visitor's token is good for its contact and channel, for 30 days, and for chat:visit alone", async () => {
  await using h = await harness();
  const visitor = { contactId: "con_1", channelAccountId: "cha_1", workspaceId: "wsp_1" };
  const { token, expiresAt } = await issueVisitorToken(h, visitor);
  const { actor, workspaceId } = await ask(h, token);
  assert.ok(actor.kind === "visitor");
  assert.deepEqual({ contactId: actor.id, channelAccountId: actor.channelAccountId, workspaceId }, visitor);
  assert.deepEqual([...actor.scopes], ["chat:visit"]);
  assert.equal((await h.request("GET", "/api/auth/me", { token })).status, 403);
  assert.equal(await codeOf(() => ask(h, token, "wsp_2")), "not_found");
  assert.equal(expiresAt, h.clock.now() + 30 * 86_400_000);
  h.clock.set(expiresAt);
  assert.equal(await codeOf(() => ask(h, token)), "token_expired");
});

Deno.test("credentials of other shapes are refused", async () => {
  await using h = await harness();
  for (
    const authorization of [
      "",
      "Bearer",
      "Bearer ",
      "Basic YTpi",
      "Bearer a b",
      "token",
      "Bearer cauce_",
      "Bearer ey",
    ]
  ) {
    assert.equal(
      await codeOf(() => authenticate(h, { authorization, apiKey: null, workspace: null })),
      "unauthorized",
      authorization,
    );
  }
});

Deno.test("GET /api/auth/me costs one read when the token is known", async () => {
  await using h = await harness();
  const ana = await h.person();
  await warm(h, ana);
  await h.request("GET", "/api/auth/me", { token: ana.token });
  using counter = countReads();
  assert.equal((await h.request("GET", "/api/auth/me", { token: ana.token })).status, 200);
  assert.equal(counter.reads, 1);
});

Deno.test("what is kept as verified is bounded", async () => {
  await using h = await harness();
  const verified = verifiedOf(h.ports);
  const who = {
    actor: { kind: "anonymous", id: "anonymous", scopes: new Set<never>() },
    workspaceId: null,
  } as const;
  const begun = verified.begin();
  for (let i = 0; i < 20_100; i++) {
    verified.set(`t${i}`, { who, userId: null, expiresAt: null }, { begun, now: 0 });
  }
  assert.equal(verified.size, 20_000);
  assert.equal(verified.get("t0", 1), undefined);
  assert.equal(verified.get("t20099", 1), who);
});
