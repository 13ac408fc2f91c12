import assert from "node:assert/strict";
import { complete } from "../../../lib/ai/mod.ts";
import { createContext } from "../../../lib/context.ts";
import type { Database } from "../../../lib/ports/db.ts";
import { recordUsage } from "../../../lib/usage/mod.ts";
import { usageRecords } from "../../../db/schema/usage.ts";
import { eventually } from "../../support/eventually.ts";
import { startFakeLlm } from "../../support/fakes/llm.ts";
import { harness } from "../../support/harness.ts";
import { gatesOf } from "../../support/llm.ts";
import { holdTimers } from "../../support/timers.ts";

const ASK = { purpose: "answer", messages: [{ role: "user", content: "When do you open?" }] } as const;

/** The first transaction (the reservation) passes, the second (the usage row) does what the test says. */
async function worldWith(second: () => Promise<never>) {
  const fake = startFakeLlm();
  const h = await harness({ ports: { llm: gatesOf([{ name: "openai", fake }]) } });
  const { ctx: bare } = await h.person();
  let transactions = 0;
  const database: Database = {
    ...h.ports.database,
    db: h.ports.database.db,
    transact: (work) => ++transactions === 2 ? second() : h.ports.database.transact(work),
  };
  const ctx = createContext({ ...bare, ports: { ...h.ports, database }, workspaceId: bare.workspaceId });
  return {
    ctx,
    lines: h.ports.log.lines,
    async [Symbol.asyncDispose]() {
      await h[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}

Deno.test("a usage row that can't be written is logged and the answer given all the same", async () => {
  await using world = await worldWith(() => Promise.reject(new Error("disk I/O error")));
  assert.equal((await complete(world.ctx, ASK)).text, "Hello from the fake");
  assert.deepEqual(world.lines.map(({ level, message }) => [level, message]), [[
    "warn",
    "usage row not written",
  ]]);
});

Deno.test("a usage row whose write hangs holds the answer up for a moment at most", async () => {
  await using world = await worldWith(() => new Promise<never>(() => {}));
  using moment = holdTimers(500);
  const answered = complete(world.ctx, ASK);
  await eventually("the answer waits for its row", () => moment.waiting === 1);
  moment.ring();
  assert.equal((await answered).text, "Hello from the fake");
});

Deno.test("recordUsage joins the transaction that it is called in, and is gone with it", async () => {
  await using h = await harness();
  const { ctx } = await h.person();
  const entry = {
    purpose: "answer",
    provider: "p",
    model: "m",
    inputTokens: 1,
    outputTokens: 2,
    ms: 3.7,
    outcome: "ok",
  };
  await assert.rejects(() =>
    ctx.transact(async (tx) => {
      await recordUsage(tx, entry);
      throw new Error("rolled back");
    }), /rolled back/);
  assert.equal((await ctx.db.select().from(usageRecords)).length, 0);
  await ctx.transact((tx) => recordUsage(tx, entry));
  const [row] = await ctx.db.select().from(usageRecords);
  assert.deepEqual([row?.ms, row?.outputTokens], [4, 2]);
});
