import assert from "node:assert/strict";
import { sessions } from "../../../db/schema/identity.ts";
import { authenticate, identityTools, sweepOver } from "../../../lib/identity/mod.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import type { Ctx } from "../../../lib/context.ts";
import { harness } from "../../support/harness.ts";
import { GOOD_PASSWORD, signIn } from "../../support/people.ts";

/** Calls a tool and checks that its answer is what it declares. */
async function call(ctx: Ctx, name: string, input: unknown): Promise<Record<string, unknown>> {
  const tool = identityTools.find((one) => one.name === name);
  assert.ok(tool !== undefined, name);
  const output = await tool.call(ctx, input);
  assert.deepEqual(tool.output.parse(output), output);
  assert.ok(typeof output === "object" && output !== null);
  return { ...output };
}

Deno.test("users are created, found, disabled and enabled by tool, by e-mail, name or id", async () => {
  await using h = await harness();
  const made = await call(h.system, "users.create", { email: "Ana@example.com", password: GOOD_PASSWORD });
  assert.equal(made.username, "ana");
  const listed = await call(h.system, "users.list", { search: "ana" });
  assert.deepEqual(listed.data, [made]);
  assert.equal((await call(h.system, "users.disable", { user: "ANA@example.com" })).disabled, true);
  await assert.rejects(signIn(h, "ana"), { code: "account_disabled" });
  assert.equal((await call(h.system, "users.enable", { user: made.id })).disabled, false);
  assert.equal((await signIn(h, "ana")).profile.id, made.id);
  await assert.rejects(call(h.system, "users.disable", { user: "nobody" }), { code: "not_found" });
});

Deno.test("users.reset_link makes a link that works where mail is not configured", async () => {
  await using h = await harness({
    ports: { mail: { configured: false, send: () => Promise.reject(new Error("no")) } },
  });
  await call(h.system, "users.create", { email: "ana@example.com" });
  const { link } = await call(h.system, "users.reset_link", { user: "ana" });
  const token = /#reset=(\S+)$/.exec(String(link))?.[1];
  const { status } = await h.request("POST", "/api/auth/reset-password", {
    body: { token, password: GOOD_PASSWORD },
  });
  assert.equal(status, 204);
  assert.equal((await signIn(h, "ana")).profile.username, "ana");
});

Deno.test("keys are made, listed and revoked by tool; one made at the command line belongs to the owner", async () => {
  await using h = await harness();
  const owner = await h.person();
  const ctx = h.system.as({ workspaceId: owner.workspaceId });
  const made = await call(ctx, "keys.create", { name: "CLI", scopes: ["usage:read"], expires_in_days: 1 });
  const who = await authenticate(h, { authorization: null, apiKey: String(made.key), workspace: null });
  assert.deepEqual([who.workspaceId, [...who.actor.scopes]], [owner.workspaceId, ["usage:read"]]);
  const { data } = await call(ctx, "keys.list", {});
  assert.ok(Array.isArray(data) && data.length === 1 && !("key" in data[0]));
  await call(ctx, "keys.revoke", { id: made.id });
  assert.deepEqual((await call(ctx, "keys.list", {})).data, []);
});

Deno.test("a tool refuses who lacks its scope", async () => {
  await using h = await harness();
  const member = await h.person({ role: "member" });
  for (
    const [name, input] of [
      ["users.list", {}],
      ["users.create", { email: "x@example.com" }],
      ["users.disable", { user: member.userId }],
      ["users.reset_link", { user: member.userId }],
      ["keys.create", { name: "k" }],
      ["keys.list", {}],
      ["keys.revoke", { id: "key_1" }],
    ] as const
  ) {
    await assert.rejects(
      call(member.ctx, name, input),
      (thrown) => thrown instanceof AppError && thrown.code === "forbidden",
      name,
    );
  }
});

Deno.test("sessions that were over a month ago are swept, live ones stay", async () => {
  await using h = await harness();
  const ana = await h.person();
  await h.person();
  h.clock.advance(61 * 86_400_000);
  const fresh = await h.person();
  await sweepOver(h.system);
  const kept = (await h.system.db.select().from(sessions)).map(({ userId }) => userId);
  assert.deepEqual(kept, [fresh.userId]);
  assert.ok(!kept.includes(ana.userId));
});
