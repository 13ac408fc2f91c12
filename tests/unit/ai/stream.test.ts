import assert from "node:assert/strict";
import { usageRecords } from "../../../db/schema/usage.ts";
import { ChainError, type CompletionPart, providerStates, streamComplete } from "../../../lib/ai/mod.ts";
import type { Ctx } from "../../../lib/context.ts";
import { eventually } from "../../support/eventually.ts";
import { startFakeLlm } from "../../support/fakes/llm.ts";
import { harness } from "../../support/harness.ts";
import { gatesOf, type GateWish } from "../../support/llm.ts";
import { holdTimers, standStill } from "../../support/timers.ts";

const ASK = { purpose: "answer", messages: [{ role: "user", content: "When do you open?" }] } as const;

async function worldOf(wishes: readonly GateWish[], env: Record<string, string> = {}) {
  const h = await harness({ env, ports: { llm: gatesOf(wishes) } });
  return Object.assign(h, { ctx: (await h.person()).ctx });
}

async function collect(parts: AsyncIterable<CompletionPart>) {
  const texts: string[] = [];
  let completion: CompletionPart["completion"];
  for await (const part of parts) {
    if (part.text !== "") texts.push(part.text);
    completion = part.completion ?? completion;
  }
  return { texts, completion };
}

async function outcomesOf(ctx: Ctx) {
  const rows = await ctx.db.select().from(usageRecords).orderBy(usageRecords.id);
  return rows.map(({ provider, outcome, outputTokens }) => [provider, outcome, outputTokens]);
}

for (const name of ["openai", "anthropic"] as const) {
  Deno.test(`streamComplete gives ${name}'s answer in pieces and ends with the whole`, async () => {
    await using fake = startFakeLlm();
    await using h = await worldOf([{ name, fake }]);
    fake.next({ do: "ok", text: "We open at nine in the morning." });
    const { texts, completion } = await collect(streamComplete(h.ctx, ASK));
    assert.ok(texts.length > 3);
    assert.equal(texts.join(""), "We open at nine in the morning.");
    assert.deepEqual([completion?.text, completion?.usage], [texts.join(""), { input: 11, output: 7 }]);
    assert.deepEqual(await outcomesOf(h.ctx), [[name, "ok", 7]]);
  });

  Deno.test(`streamComplete leaves ${name} for the next before the first piece: fault, hang or nothing`, async () => {
    await using fake = startFakeLlm();
    await using h = await worldOf([{ name, fake }, { name: "gemini", fake }], { LLM_TIMEOUT: "3s" });
    for (const command of [{ do: "status", status: 500 }, { do: "hang" }, { do: "empty_text" }] as const) {
      fake.next(command);
      using time = standStill();
      using half = holdTimers(1500);
      const before = fake.requests.length;
      const collected = collect(streamComplete(h.ctx, ASK));
      if (command.do === "hang") {
        await eventually(
          "half of the deadline is waited for",
          () => fake.requests.length > before && half.waiting === 1,
        );
        time.pass(1500);
        half.ring();
      }
      const { completion } = await collected;
      assert.equal(completion?.provider, "gemini", command.do);
      assert.equal(completion?.attempts.length, 2);
    }
  });

  Deno.test(`streamComplete does not start ${name}'s answer anew once a piece is out`, async () => {
    await using fake = startFakeLlm();
    await using h = await worldOf([{ name, fake }, { name: "gemini", fake }], { LLM_TIMEOUT: "60s" });
    using silence = holdTimers(60_000);
    for (
      const command of [{ do: "truncated" }, { do: "stream_error" }, {
        do: "stall",
        text: "One two three four five six",
      }] as const
    ) {
      fake.next(command);
      let seen = "";
      const rejected = assert.rejects(async () => {
        for await (const { text } of streamComplete(h.ctx, ASK)) seen += text;
      }, ChainError);
      if (command.do === "stall") {
        await eventually("it falls silent", () => seen !== "" && silence.waiting === 1);
        silence.ring();
      }
      await rejected;
      assert.notEqual(seen, "", command.do);
    }
    assert.equal(fake.requests.length, 3);
    const rows = await outcomesOf(h.ctx);
    assert.deepEqual(rows.map(([, outcome]) => outcome), [
      "upstream_failed",
      "upstream_failed",
      "upstream_timeout",
    ]);
    assert.ok(rows.every(([, , tokens]) => Number(tokens) > 0), "what was written is counted");
  });
}

Deno.test("a reader who leaves early ends the provider's call, is written down and counts nothing against it", async () => {
  await using fake = startFakeLlm();
  await using h = await worldOf([{ name: "openai", fake }]);
  fake.next({ do: "stall", text: "One two three four five" });
  for await (const { text } of streamComplete(h.ctx, ASK)) {
    assert.equal(text, "One ");
    break;
  }
  assert.deepEqual(await outcomesOf(h.ctx), [["openai", "cancelled", 1]]);
  assert.equal(providerStates(h.ctx)[0]?.lastError, null);
});
