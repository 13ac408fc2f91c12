import assert from "node:assert/strict";
import { Prepared } from "../../../lib/adapters/db/prepared.ts";
import { insertMembership } from "../../../lib/identity/store-members.ts";
import { authenticate, issueVisitorToken } from "../../../lib/identity/mod.ts";
import { ROLES } from "../../../lib/kernel/scopes.ts";
import { verifiedOf } from "../../../lib/identity/verified.ts";
import { harness } from "../../support/harness.ts";
import { ask, codeOf, roleOf, warm } from "./ask.ts";

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
