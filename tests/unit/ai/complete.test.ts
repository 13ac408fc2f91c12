import assert from "node:assert/strict";
import { usageRecords } from "../../../db/schema/usage.ts";
import {
  BREAKER,
  ChainError,
  complete,
  createGates,
  hasLanguageModel,
  providerStates,
} from "../../../lib/ai/mod.ts";
import { createContext, type Ctx } from "../../../lib/context.ts";
import { ANONYMOUS } from "../../../lib/kernel/actors.ts";
import { eventually } from "../../support/eventually.ts";
import { startFakeLlm } from "../../support/fakes/llm.ts";
import { type Harness, harness } from "../../support/harness.ts";
import { gatesOf, type GateWish } from "../../support/llm.ts";
import { holdTimers, standStill } from "../../support/timers.ts";

const ASK = { purpose: "answer", messages: [{ role: "user", content: "When do you open?" }] } as const;

async function worldOf(
  wishes: readonly GateWish[],
  env: Record<string, string> = {},
): Promise<Harness & { ctx: Ctx }> {
  const h = await harness({ env, ports: { llm: gatesOf(wishes) } });
  return Object.assign(h, { ctx: (await h.person()).ctx });
}

async function usageOf(ctx: Ctx) {
  const rows = await ctx.db.select().from(usageRecords).orderBy(usageRecords.id);
  return rows.map((
    { provider, outcome, inputTokens, outputTokens },
  ) => [provider, outcome, inputTokens, outputTokens]);
}

async function chainError(work: Promise<unknown>): Promise<ChainError> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof ChainError, String(error));
    return error;
  }
  throw new Error("It should have failed");
}

const outcomes = (from: { readonly attempts: ChainError["attempts"] }) =>
  from.attempts.map(({ provider, outcome, reason }) =>
    outcome === "skipped" ? `${provider} ${reason}` : `${provider} ${outcome}`
  );

Deno.test("complete answers from the first target and writes one usage row", async () => {
  await using fake = startFakeLlm();
  await using h = await worldOf([{ name: "gemini", fake }, { name: "anthropic", fake }]);
  const completion = await complete(h.ctx, { ...ASK, subjectId: "con_1", conversationId: "cnv_1" });
  assert.equal(completion.text, "Hello from the fake");
  assert.deepEqual([completion.provider, completion.model, completion.usage], ["gemini", "model-a", {
    input: 11,
    output: 7,
  }]);
  assert.deepEqual(outcomes(completion), ["gemini ok"]);
  const [row] = await h.ctx.db.select().from(usageRecords);
  assert.deepEqual(
    [row?.workspaceId, row?.purpose, row?.subjectId, row?.conversationId, row?.outcome],
    [h.ctx.workspaceId, "answer", "con_1", "cnv_1", "ok"],
  );
});

Deno.test("complete falls back in order past every kind of fault, and every call is a usage row", async () => {
  await using fake = startFakeLlm();
  await using h = await worldOf([
    { name: "gemini", fake },
    { name: "openai", fake },
    { name: "xai", fake },
    { name: "ark", fake },
    { name: "ollama", fake },
    { name: "lmstudio", fake },
    { name: "anthropic", fake },
  ]);
  fake.next(
    { do: "status", status: 500 },
    { do: "html" },
    { do: "reset" },
    { do: "status", status: 400 },
    { do: "empty_text" },
    { do: "status", status: 429, headers: { "retry-after": "3600" } },
    { do: "ok", text: "At nine." },
  );
  const completion = await complete(h.ctx, ASK);
  assert.equal(completion.text, "At nine.");
  assert.deepEqual(outcomes(completion), [
    "gemini upstream_failed",
    "openai upstream_failed",
    "xai upstream_failed",
    "ark upstream_rejected",
    "ollama empty",
    "lmstudio rate_limited",
    "anthropic ok",
  ]);
  const rows = await usageOf(h.ctx);
  assert.deepEqual(rows.map(([provider, outcome]) => `${provider} ${outcome}`), outcomes(completion));
  assert.deepEqual(rows.at(-1), ["anthropic", "ok", 11, 7]);
});

Deno.test("a hanging provider gets half of the deadline, the next one still answers within it", async () => {
  await using fake = startFakeLlm();
  await using h = await worldOf([{ name: "gemini", fake }, { name: "openai", fake }], { LLM_TIMEOUT: "3s" });
  fake.next({ do: "hang" });
  using time = standStill();
  using half = holdTimers(1500);
  const started = performance.now();
  const answered = complete(h.ctx, ASK);
  await eventually("half of the deadline is waited for", () => fake.requests.length * half.waiting === 1);
  time.pass(1500);
  half.ring();
  assert.deepEqual(outcomes(await answered), ["gemini upstream_timeout", "openai ok"]);
  assert.equal(performance.now() - started, 1500);
});

Deno.test("when every provider hangs, complete gives up at the deadline", async () => {
  await using fake = startFakeLlm();
  await using h = await worldOf([{ name: "gemini", fake }, { name: "openai", fake }], {
    LLM_TIMEOUT: "400ms",
  });
  fake.always({ do: "hang" });
  using time = standStill();
  using half = holdTimers(200);
  const started = performance.now();
  const failed = chainError(complete(h.ctx, ASK));
  for (const asked of [1, 2]) {
    await eventually(
      "half of the deadline is waited for",
      () => fake.requests.length === asked && half.waiting === 1,
    );
    time.pass(200);
    half.ring();
  }
  const error = await failed;
  assert.equal(error.code, "upstream_timeout");
  assert.equal(performance.now() - started, 400);
  assert.deepEqual(outcomes(error), ["gemini upstream_timeout", "openai upstream_timeout"]);
  assert.equal((await usageOf(h.ctx)).length, 2);
});

Deno.test("a Retry-After within the deadline is waited out when nobody else can answer", async () => {
  await using fake = startFakeLlm();
  await using h = await worldOf([{ name: "gemini", fake }]);
  fake.next({ do: "status", status: 429, headers: { "retry-after-ms": "1500" } });
  const started = performance.now();
  const completion = await complete(h.ctx, ASK);
  assert.ok(performance.now() - started >= 1490, "it came back when it was told to");
  assert.deepEqual(outcomes(completion), ["gemini rate_limited", "gemini ok"]);
});

Deno.test("a short Retry-After is waited out before the next in order is asked, a long one is not", async () => {
  await using fake = startFakeLlm();
  await using h = await worldOf([{ name: "gemini", fake }, { name: "openai", fake }]);
  fake.next({ do: "status", status: 429, headers: { "retry-after-ms": "60" } });
  assert.deepEqual(outcomes(await complete(h.ctx, ASK)), ["gemini rate_limited", "gemini ok"]);
  fake.next({ do: "status", status: 429, headers: { "retry-after": "20" } });
  assert.deepEqual(outcomes(await complete(h.ctx, ASK)), ["gemini rate_limited", "openai ok"]);
  assert.deepEqual(outcomes(await complete(h.ctx, ASK)), ["gemini cooling", "openai ok"]);
});

Deno.test("a Retry-After beyond the deadline is passed on to the caller at once", async () => {
  await using fake = startFakeLlm();
  await using h = await worldOf([{ name: "gemini", fake }], { LLM_TIMEOUT: "5s" });
  fake.next({ do: "status", status: 429, headers: { "retry-after": "120" } });
  const started = performance.now();
  const error = await chainError(complete(h.ctx, ASK));
  assert.ok(performance.now() - started < 4900);
  assert.equal(error.code, "rate_limited");
  assert.ok(
    error.retryAfterMs !== undefined && error.retryAfterMs > 100_000 && error.retryAfterMs <= 120_000,
  );
});

Deno.test("a passing fault of the only provider is tried again, a refusal is not", async () => {
  await using fake = startFakeLlm();
  await using h = await worldOf([{ name: "openai", fake }]);
  fake.next({ do: "status", status: 500 });
  assert.deepEqual(outcomes(await complete(h.ctx, ASK)), ["openai upstream_failed", "openai ok"]);
  fake.next({ do: "status", status: 400, message: "No such parameter" });
  const error = await chainError(complete(h.ctx, ASK));
  assert.deepEqual([error.code, error.retryable, outcomes(error)], ["upstream_rejected", false, [
    "openai upstream_rejected",
  ]]);
});

Deno.test("a provider that keeps failing is passed over until its pause is over, then probed", async () => {
  await using fake = startFakeLlm();
  await using broken = startFakeLlm();
  const h = await harness();
  const wishes = [{ name: "gemini", fake: broken }, { name: "openai", fake }] as const;
  const gates = createGates(gatesOf(wishes), h.clock);
  const { ctx: bare } = await h.person();
  const ctx = createContext({ ...bare, ports: { ...h.ports, llm: gates }, workspaceId: bare.workspaceId });
  broken.always({ do: "status", status: 500 });
  for (let n = 0; n < BREAKER.failures; n++) await complete(ctx, ASK);
  assert.equal(providerStates(ctx)[0]?.breaker, "open");
  assert.deepEqual(outcomes(await complete(ctx, ASK)), ["gemini breaker_open", "openai ok"]);
  assert.equal(broken.requests.length, BREAKER.failures);
  h.clock.advance(BREAKER.openMs);
  broken.always({ do: "ok" });
  assert.deepEqual(outcomes(await complete(ctx, ASK)), ["gemini ok"]);
  assert.equal(providerStates(ctx)[0]?.breaker, "closed");
  await h[Symbol.asyncDispose]();
});

Deno.test("a spent minute cap skips the provider and does not count as its failure", async () => {
  await using fake = startFakeLlm();
  await using h = await worldOf([{ name: "gemini", fake, requestsPerMinute: 2 }, { name: "openai", fake }]);
  const seen = [];
  for (let n = 0; n < 4; n++) seen.push(...outcomes(await complete(h.ctx, ASK)));
  assert.deepEqual(seen, [
    "gemini ok",
    "gemini ok",
    "gemini minute_cap_spent",
    "openai ok",
    "gemini minute_cap_spent",
    "openai ok",
  ]);
  assert.deepEqual([providerStates(h.ctx)[0]?.breaker, providerStates(h.ctx)[0]?.minuteLeft], ["closed", 0]);
});

Deno.test("complete asks for JSON, takes it out of its fence and passes over what is not an object", async () => {
  await using fake = startFakeLlm();
  await using h = await worldOf([{ name: "gemini", fake }, { name: "openai", fake }]);
  fake.next({ do: "ok", text: "Sure! Here you are" }, { do: "ok", text: '```json\n{"open": "09:00"}\n```' });
  const completion = await complete(h.ctx, { ...ASK, json: true });
  assert.deepEqual(JSON.parse(completion.text), { open: "09:00" });
  assert.deepEqual(outcomes(completion), ["gemini not_json", "openai ok"]);
  assert.match(fake.requests[0]?.messages[0]?.content ?? "", /JSON/);
  assert.deepEqual((await usageOf(h.ctx))[0], ["gemini", "not_json", 11, 7]);
});

Deno.test("equal requests at temperature 0 are answered from the cache, of their own workspace only", async () => {
  await using fake = startFakeLlm();
  await using h = await worldOf([{ name: "openai", fake }]);
  const first = await complete(h.ctx, { ...ASK, temperature: 0 });
  const second = await complete(h.ctx, { ...ASK, temperature: 0 });
  assert.deepEqual([first.cached, second.cached, second.text], [false, true, first.text]);
  assert.equal(fake.requests.length, 1);
  await complete(h.ctx, { ...ASK, temperature: 0, maxTokens: 5 });
  await complete((await h.person()).ctx, { ...ASK, temperature: 0 });
  assert.equal(fake.requests.length, 3);
  await complete(h.ctx, { ...ASK, temperature: 0, cacheTtlMs: 0 });
  await complete(h.ctx, ASK);
  await complete(h.ctx, ASK);
  assert.equal(fake.requests.length, 6);
  await complete(h.ctx, { ...ASK, cacheTtlMs: 1000 });
  assert.ok((await complete(h.ctx, { ...ASK, cacheTtlMs: 1000 })).cached);
});

Deno.test("a caller that goes away ends the call, is a usage row and says nothing about the provider", async () => {
  await using fake = startFakeLlm();
  await using h = await worldOf([{ name: "openai", fake }, { name: "gemini", fake }]);
  fake.always({ do: "hang" });
  const stop = new AbortController();
  const ctx = createContext({
    ...h.ctx,
    ports: h.ports,
    workspaceId: h.ctx.workspaceId,
    signal: stop.signal,
  });
  const failing = chainError(complete(ctx, ASK));
  await eventually("it is asked", () => fake.requests.length > 0);
  stop.abort();
  const error = await failing;
  assert.deepEqual(outcomes(error), ["openai cancelled"]);
  assert.equal(providerStates(ctx)[0]?.lastError, null);
  assert.deepEqual(await usageOf(h.ctx), [["openai", "cancelled", 0, 0]]);
});

Deno.test("complete refuses an actor without ai:use, a transaction, and a chain that is empty", async () => {
  await using h = await harness();
  const { ctx } = await h.person();
  assert.equal(hasLanguageModel(ctx), false);
  await assert.rejects(() => complete(ctx, ASK), { code: "not_configured" });
  await assert.rejects(() => complete(ctx.as({ actor: ANONYMOUS }), ASK), { code: "unauthorized" });
  await assert.rejects(() => ctx.transact((tx) => complete(tx, ASK)), { code: "internal" });
});

Deno.test("what the provider says of the key reaches neither error, nor attempts, nor usage, nor log", async () => {
  await using fake = startFakeLlm("sk-right");
  const secret = "sk-a-very-secret-key-0123456789";
  await using h = await worldOf([{ name: "openai", fake: { ...fake, key: secret } }, {
    name: "anthropic",
    fake: { ...fake, key: secret },
  }]);
  const error = await chainError(complete(h.ctx, ASK));
  assert.equal(error.code, "not_configured");
  const everything = [
    error,
    error.attempts,
    providerStates(h.ctx),
    h.ports.log.lines,
    await h.ctx.db.select().from(usageRecords),
  ];
  assert.ok(!Deno.inspect(everything, { depth: 20, strAbbreviateSize: 10_000 }).includes("very-secret"));
});
