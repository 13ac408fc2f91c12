import assert from "node:assert/strict";
import { usageCounters, usageRecords } from "../../../db/schema/usage.ts";
import { checkBudget, complete } from "../../../lib/ai/mod.ts";
import { DAY } from "../../../lib/kernel/clock.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { forgetUsageSubject, pruneUsageCounters, usageSummary } from "../../../lib/usage/mod.ts";
import { startFakeLlm } from "../../support/fakes/llm.ts";
import { harness } from "../../support/harness.ts";
import { gatesOf, type GateWish } from "../../support/llm.ts";

const ASK = { purpose: "answer", messages: [{ role: "user", content: "When do you open?" }] } as const;

async function worldOf(wishes: readonly GateWish[], env: Record<string, string> = {}) {
  const h = await harness({ env, ports: { llm: gatesOf(wishes) } });
  return Object.assign(h, { ctx: (await h.person()).ctx });
}

Deno.test("twenty calls at once make exactly as many as the workspace's cap allows", async () => {
  await using fake = startFakeLlm();
  await using h = await worldOf([{ name: "openai", fake }], { LLM_DAILY_CALLS: "7" });
  fake.always({ do: "slow", ms: 20 });
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => complete(h.ctx, ASK)));
  assert.equal(results.filter(({ status }) => status === "fulfilled").length, 7);
  assert.equal(fake.requests.length, 7);
  for (const result of results) {
    if (result.status === "rejected") {
      assert.ok(result.reason instanceof AppError && result.reason.code === "quota_exceeded");
      assert.equal(result.reason.extra.reason, "workspace_calls");
      assert.equal(result.reason.retryAfterMs, DAY - h.clock.now() % DAY);
    }
  }
  assert.equal((await h.ctx.db.select().from(usageRecords)).length, 7);
});

Deno.test("a spent cap is the workspace's own and is over with the day", async () => {
  await using fake = startFakeLlm();
  await using h = await worldOf([{ name: "openai", fake }], { LLM_DAILY_CALLS: "1" });
  await complete(h.ctx, ASK);
  const budget = await checkBudget(h.ctx);
  assert.ok(!budget.allowed && budget.reason === "workspace_calls" && budget.resetsAt % DAY === 0);
  assert.ok((await checkBudget((await h.person()).ctx)).allowed);
  h.clock.set(budget.resetsAt);
  assert.ok((await checkBudget(h.ctx)).allowed);
  await complete(h.ctx, ASK);
  assert.equal(fake.requests.length, 2);
});

Deno.test("a visitor's cap stops the visitor and takes nothing from the others", async () => {
  await using fake = startFakeLlm();
  await using h = await worldOf([{ name: "openai", fake }], { LLM_VISITOR_DAILY_CALLS: "2" });
  await complete(h.ctx, { ...ASK, subjectId: "con_1" });
  await complete(h.ctx, { ...ASK, subjectId: "con_1" });
  await assert.rejects(() => complete(h.ctx, { ...ASK, subjectId: "con_1" }), {
    code: "quota_exceeded",
    extra: { reason: "visitor_calls" },
  });
  assert.deepEqual(await checkBudget(h.ctx, { subjectId: "con_2" }), { allowed: true });
  await complete(h.ctx, { ...ASK, subjectId: "con_2" });
  const counters = await h.ctx.db.select().from(usageCounters).orderBy(usageCounters.subject);
  assert.deepEqual(counters.map(({ subject, calls, tokens }) => [subject, calls, tokens]), [["", 3, 54], [
    "con_1",
    2,
    36,
  ], ["con_2", 1, 18]]);
});

Deno.test("tokens are counted as the provider tells them, or estimated, and their cap holds", async () => {
  await using fake = startFakeLlm();
  await using h = await worldOf([{ name: "openai", fake }], { LLM_DAILY_TOKENS: "30" });
  fake.next({ do: "ok" }, { do: "ok", text: "x".repeat(40), usage: null });
  await complete(h.ctx, ASK);
  assert.deepEqual((await complete(h.ctx, ASK)).usage, {
    input: Math.ceil(ASK.messages[0].content.length / 4),
    output: 10,
  });
  await assert.rejects(() => complete(h.ctx, ASK), {
    code: "quota_exceeded",
    extra: { reason: "workspace_tokens" },
  });
});

Deno.test("a call that the vendor did not serve is given back, one that it may bill is not", async () => {
  await using fake = startFakeLlm();
  await using h = await worldOf([{ name: "openai", fake }, { name: "gemini", fake }, { name: "xai", fake }, {
    name: "ark",
    fake,
  }]);
  fake.next(
    { do: "status", status: 429, headers: { "retry-after": "3600" } },
    { do: "status", status: 400 },
    { do: "truncated" },
  );
  await complete(h.ctx, ASK);
  const [counter] = await h.ctx.db.select().from(usageCounters);
  assert.equal(counter?.calls, 2);
  assert.equal((await h.ctx.db.select().from(usageRecords)).length, 4);
});

Deno.test("a cap of zero makes no call at all", async () => {
  await using fake = startFakeLlm();
  for (const name of ["LLM_DAILY_CALLS", "LLM_DAILY_TOKENS"]) {
    await using h = await worldOf([{ name: "openai", fake }], { [name]: "0" });
    assert.equal((await checkBudget(h.ctx)).allowed, false);
    await assert.rejects(() => complete(h.ctx, ASK), { code: "quota_exceeded" });
  }
  assert.equal(fake.requests.length, 0);
});

Deno.test("usageSummary adds up a span by day, model and purpose, of one workspace, for whoever may read it", async () => {
  await using fake = startFakeLlm();
  await using h = await worldOf([{ name: "openai", fake }, { name: "gemini", fake }]);
  const from = h.clock.now();
  await complete(h.ctx, ASK);
  fake.next({ do: "status", status: 400 });
  await complete(h.ctx, { ...ASK, purpose: "summary" });
  h.clock.advance(DAY);
  await complete(h.ctx, ASK);
  await complete((await h.person()).ctx, ASK);
  const summary = await usageSummary(h.ctx, { from, to: h.clock.now() + 1 });
  assert.deepEqual(summary.totals, { calls: 4, failed: 1, inputTokens: 33, outputTokens: 21 });
  assert.deepEqual(summary.byDay.map(({ day, calls }) => [day, calls]), [["2026-01-05", 3], [
    "2026-01-06",
    1,
  ]]);
  assert.deepEqual(summary.byModel.map(({ provider, calls, failed }) => [provider, calls, failed]), [[
    "gemini",
    1,
    0,
  ], ["openai", 3, 1]]);
  assert.deepEqual(summary.byPurpose.map(({ purpose, calls }) => [purpose, calls]).sort(), [["answer", 2], [
    "summary",
    2,
  ]]);
  assert.deepEqual([summary.today.calls, summary.today.tokens, summary.today.budget], [1, 18, {
    allowed: true,
  }]);
  assert.equal((await usageSummary(h.ctx, { from: 0, to: 1 })).totals.calls, 0);
  const member = (await h.person({ role: "member", workspaceId: h.ctx.workspaceId })).ctx;
  await assert.rejects(() => usageSummary(member, { from, to: from + 1 }), { code: "forbidden" });
  await assert.rejects(() => usageSummary(h.ctx, { from, to: from }), { code: "validation_failed" });
});

Deno.test("forgetUsageSubject keeps the workspace's counts without saying whose they were, and touches nobody else's", async () => {
  await using fake = startFakeLlm();
  await using h = await worldOf([{ name: "openai", fake }]);
  for (const subjectId of ["con_1", "con_2"]) await complete(h.ctx, { ...ASK, subjectId });
  const other = (await h.person()).ctx;
  await complete(other, { ...ASK, subjectId: "con_1" });
  await h.ctx.transact((tx) => forgetUsageSubject(tx, "con_1"));
  const rows = await h.ctx.db.select().from(usageRecords).orderBy(usageRecords.id);
  assert.deepEqual(rows.map(({ subjectId }) => subjectId), [null, "con_2", "con_1"]);
  const counters = await h.ctx.db.select().from(usageCounters);
  const mine = counters.filter(({ workspaceId }) => workspaceId === h.ctx.workspaceId);
  assert.deepEqual(mine.map(({ subject, calls }) => [subject, calls]).sort(), [["", 2], ["con_2", 1]]);
  assert.equal(counters.length, 4);
});

Deno.test("pruneUsageCounters deletes visitors' counters of past days and leaves the workspaces' and today's", async () => {
  await using fake = startFakeLlm();
  await using h = await worldOf([{ name: "openai", fake }]);
  await complete(h.ctx, { ...ASK, subjectId: "con_1" });
  h.clock.advance(2 * DAY);
  await complete(h.ctx, { ...ASK, subjectId: "con_1" });
  await assert.rejects(() => pruneUsageCounters(h.ctx), { code: "forbidden" });
  assert.equal(await pruneUsageCounters(h.system), 1);
  const counters = await h.ctx.db.select().from(usageCounters).orderBy(
    usageCounters.day,
    usageCounters.subject,
  );
  assert.deepEqual(counters.map(({ day, subject }) => [day, subject]), [
    ["2026-01-05", ""],
    ["2026-01-07", ""],
    ["2026-01-07", "con_1"],
  ]);
});

Deno.test("the visitors' cap does not stop a user or an API key of the workspace", async () => {
  await using fake = startFakeLlm();
  await using h = await worldOf([{ name: "openai", fake }], { LLM_VISITOR_DAILY_CALLS: "1" });
  for (const subjectId of ["usr_1", "usr_1", "key_1", "key_1"]) await complete(h.ctx, { ...ASK, subjectId });
  assert.deepEqual(await checkBudget(h.ctx, { subjectId: "usr_1" }), { allowed: true });
  const rows = await h.ctx.db.select({ subjectId: usageRecords.subjectId }).from(usageRecords);
  assert.equal(rows.filter(({ subjectId }) => subjectId === "usr_1").length, 2, "the rows still say who");
});
