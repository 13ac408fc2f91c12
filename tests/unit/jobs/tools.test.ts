import assert from "node:assert/strict";
import { z } from "zod";
import type { Ctx } from "../../../lib/context.ts";
import { claim, enqueue, jobTools, settle, syncSchedules } from "../../../lib/jobs/mod.ts";
import { defineJob } from "../../../lib/kernel/define-job.ts";
import { schedules } from "../../../workers/schedules.ts";
import { openWork } from "../../support/work.ts";

const job = defineJob({ name: "test.job", schema: z.object({ text: z.string() }), lane: "default" });

/** Calls a tool and holds its answer against the output that it declares. */
async function call(ctx: Ctx, name: string, input: unknown = {}): Promise<unknown> {
  const tool = jobTools.find((one) => one.name === name);
  assert.ok(tool, name);
  const answer = await tool.call(ctx, input);
  assert.deepEqual(tool.output.parse(answer), answer);
  return answer;
}

Deno.test("the tools list dead letters with their reason but never a payload, and start one over", async () => {
  await using work = await openWork();
  const id = await work.ctx.transact((tx) => enqueue(tx, job, { text: "what a customer wrote" }));
  const [run] = await claim(work.system, { lane: "default", limit: 1, worker: "w" });
  assert.ok(run);
  await settle(work.system, { job: run, outcome: { kind: "dead", error: "no such contact" } });
  const dead = JSON.stringify(await call(work.ctx, "jobs.dead"));
  assert.match(dead, /"state":"dead".*no such contact/);
  assert.doesNotMatch(dead, /what a customer wrote/);
  assert.match(JSON.stringify(await call(work.ctx, "jobs.retry", { id })), /"state":"ready","attempts":0/);
  assert.match(JSON.stringify(await call(work.ctx, "jobs.cancel", { id })), /"state":"cancelled"/);
  const listed = z.object({ data: z.array(z.object({ id: z.string() })) });
  assert.deepEqual(listed.parse(await call(work.ctx, "jobs.list", { state: "cancelled" })).data, [{ id }]);
  assert.deepEqual(listed.parse(await call(work.ctx, "jobs.list", { state: "dead" })).data, []);
});

Deno.test("a job behind thousands of others' is found by going on, though its page is empty at first", async () => {
  await using work = await openWork();
  const id = await work.ctx.transact((tx) => enqueue(tx, job, { text: "mine" }));
  await work.system.transact(async (tx) => {
    for (let i = 0; i < 6000; i++) await enqueue(tx, job, { text: "others'" });
  });
  const page = z.object({ data: z.array(z.object({ id: z.string() })), next_cursor: z.string().nullable() });
  const first = page.parse(await call(work.ctx, "jobs.list"));
  assert.deepEqual(first.data, []);
  const second = page.parse(await call(work.ctx, "jobs.list", { cursor: first.next_cursor }));
  assert.deepEqual(second, { data: [{ id }], next_cursor: null });
});

Deno.test("the tools show the lanes and what recurs", async () => {
  await using work = await openWork();
  await syncSchedules(work.system, schedules);
  await work.ctx.transact((tx) => enqueue(tx, job, { text: "x" }));
  assert.match(JSON.stringify(await call(work.system, "jobs.stats")), /"lane":"default","ready":1/);
  assert.match(JSON.stringify(await call(work.system, "jobs.recurring")), /ops.daily_backup/);
});

Deno.test("a tool refuses input that its schema does not allow", async () => {
  await using work = await openWork();
  await assert.rejects(call(work.ctx, "jobs.list", { state: "lost" }), { name: "ZodError" });
  await assert.rejects(call(work.ctx, "jobs.retry", {}), { name: "ZodError" });
});
