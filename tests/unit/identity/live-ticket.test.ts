import assert from "node:assert/strict";
import { liveTickets } from "../../../db/schema/log.ts";
import { createContext } from "../../../lib/context.ts";
import {
  authenticate,
  createApiKey,
  issueLiveTicket,
  issueVisitorToken,
  logout,
  redeemLiveTicket,
  revokeApiKey,
  sweepOver,
} from "../../../lib/identity/mod.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { harness } from "../../support/harness.ts";
import { ctxOf, visitorCtx } from "../../support/people.ts";

const unauthorized = (thrown: unknown) => thrown instanceof AppError && thrown.code === "unauthorized";

Deno.test("a live ticket stands for who asked for it, once", async () => {
  await using h = await harness();
  const ana = await h.person({ role: "operator" });
  const { ticket, expiresAt } = await issueLiveTicket(ana.ctx);
  assert.equal(expiresAt, h.clock.now() + 60_000);
  const { actor, workspaceId } = await redeemLiveTicket(h, ticket);
  assert.deepEqual([actor.kind, actor.id, workspaceId], ["user", ana.userId, ana.workspaceId]);
  assert.deepEqual(actor.scopes, ana.ctx.actor.scopes);
  await assert.rejects(redeemLiveTicket(h, ticket), unauthorized);
});

Deno.test("of twenty redemptions at once one succeeds", async () => {
  await using h = await harness();
  const ana = await h.person();
  const { ticket } = await issueLiveTicket(ana.ctx);
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => redeemLiveTicket(h, ticket)));
  assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1);
});

Deno.test("a ticket is good for 60 s, is stored hashed, and is swept when nobody comes", async () => {
  await using h = await harness();
  const ana = await h.person();
  const late = await issueLiveTicket(ana.ctx);
  assert.ok(!JSON.stringify(await h.system.db.select().from(liveTickets)).includes(late.ticket));
  await issueLiveTicket(ana.ctx);
  h.clock.advance(60_000);
  await assert.rejects(redeemLiveTicket(h, late.ticket), unauthorized);
  h.clock.advance(1);
  await sweepOver(h.system);
  assert.equal((await h.system.db.select().from(liveTickets)).length, 0);
});

Deno.test("a ticket is worth nothing once its holder signed out or its key was revoked", async () => {
  await using h = await harness();
  const ana = await h.person();
  const key = await createApiKey(ana.ctx, { name: "k", scopes: ["events:read"] });
  const keyCtx = await ctxOf(h, key.secret);
  const ofKey = await issueLiveTicket(keyCtx);
  assert.deepEqual([...(await redeemLiveTicket(h, ofKey.ticket)).actor.scopes], ["events:read"]);
  const revoked = await issueLiveTicket(keyCtx);
  await revokeApiKey(ana.ctx, key.id);
  await assert.rejects(redeemLiveTicket(h, revoked.ticket), unauthorized);
  const ended = await issueLiveTicket(ana.ctx);
  await logout(ana.ctx);
  await assert.rejects(redeemLiveTicket(h, ended.ticket), unauthorized);
});

Deno.test("a visitor's ticket stands for the visitor; nobody and made-up tickets get nothing", async () => {
  await using h = await harness();
  const { token } = await issueVisitorToken(h, {
    contactId: "con_1",
    channelAccountId: "cha_1",
    workspaceId: "wsp_1",
  });
  const who = await authenticate(h, { authorization: `Bearer ${token}`, apiKey: null, workspace: null });
  const { ticket } = await issueLiveTicket(createContext({ ...who, ports: h.ports, config: h.config }));
  assert.deepEqual(await redeemLiveTicket(h, ticket), who);
  await assert.rejects(issueLiveTicket(visitorCtx(h)), unauthorized);
  for (const made of ["", "x", "\u0000", ticket]) {
    await assert.rejects(redeemLiveTicket(h, made), unauthorized);
  }
});
