import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { memberships, users } from "../../db/schema/identity.ts";
import { readProfile } from "../../lib/identity/me.ts";
import { toProfileDto } from "../../routes/auth/present.ts";
import { profileSchema } from "../../routes/auth/schemas.ts";
import { harness } from "../support/harness.ts";

const NAMES = [
  "Ana",
  'Ana "la jefa" O\'Hara \\ Ruiz',
  "line\nbreak\ttab \u0001\u001f\u007f",
  "</script><b>&amp;",
  "Ñandú 👩‍👩‍👧 \u2028 中文 \uFFFD",
  '{"id":"usr_other"}',
  "}",
];

Deno.test("GET /api/auth/me says of any row what a profile that is read column by column says", async () => {
  await using h = await harness();
  const { ctx, token, userId, workspaceId } = await h.person();
  for (const [at, name] of NAMES.entries()) {
    const change = {
      name,
      lastLoginAt: at % 2 === 0 ? null : 1_700_000_000_123,
      platformAdmin: at % 2 === 1,
    };
    await ctx.transact((tx) => tx.db.update(users).set(change).where(eq(users.id, userId)).then(() => {}));
    for (const path of ["/api/auth/me", "/api/users/me"]) {
      const { status, body } = await h.request("GET", path, { token });
      assert.equal(status, 200);
      assert.deepEqual(body, toProfileDto(await readProfile(ctx, { userId, workspaceId })));
      assert.deepEqual(body, profileSchema.parse(body));
      assert.equal(body.name, name);
      assert.equal(body.last_login_at, change.lastLoginAt === null ? null : "2023-11-14T22:13:20.123Z");
    }
  }
});

Deno.test("who is a member of nothing any more has no role, plan, workspace or scopes in what `me` says", async () => {
  await using h = await harness();
  const { ctx, token, userId, workspaceId } = await h.person();
  const gone = eq(memberships.userId, userId);
  await ctx.transact((tx) => tx.db.delete(memberships).where(gone).then(() => {}));
  const { body } = await h.request("GET", "/api/auth/me", { token });
  assert.deepEqual(body, toProfileDto(await readProfile(ctx, { userId, workspaceId })));
  assert.deepEqual([body.role, body.plan, body.workspace, body.scopes], [null, null, null, []]);
});

Deno.test("a key's `me` is its owner's with the key's scopes; that of a user who is gone is 401", async () => {
  await using h = await harness();
  const { ctx, token, userId } = await h.person();
  const { body: key } = await h.request("POST", "/api/security/api-keys", {
    token,
    body: { name: "ci", scopes: ["tickets:read", "calls:read"] },
  });
  const { body } = await h.request("GET", "/api/auth/me", { headers: { "x-api-key": key.key } });
  const { body: owner } = await h.request("GET", "/api/auth/me", { token });
  assert.deepEqual(body, { ...owner, scopes: ["calls:read", "tickets:read"] });
  await ctx.transact((tx) => tx.db.delete(users).where(eq(users.id, userId)).then(() => {}));
  const gone = await h.request("GET", "/api/auth/me", { token });
  assert.deepEqual([gone.status, gone.body.code], [401, "unauthorized"]);
});
