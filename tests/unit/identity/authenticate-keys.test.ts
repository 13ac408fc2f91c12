import assert from "node:assert/strict";
import { createApiKey, flushKeyUse, listApiKeys, revokeApiKey } from "../../../lib/identity/mod.ts";
import { authenticate } from "../../../lib/identity/mod.ts";
import { changeMemberRole, removeMember } from "../../../lib/identity/mod.ts";
import { harness } from "../../support/harness.ts";
import { ask, codeOf } from "./ask.ts";

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
  assert.equal(
    await codeOf(() =>
      ask(h, `${secret.slice(0, -9)}${secret.at(-9) === "A" ? "B" : "A"}${secret.slice(-8)}`)
    ),
    "unauthorized",
  );
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
