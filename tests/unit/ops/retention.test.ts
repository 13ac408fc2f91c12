import assert from "node:assert/strict";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { emit } from "../../../lib/events/mod.ts";
import { acknowledge, claim, enqueue } from "../../../lib/jobs/mod.ts";
import { systemActor } from "../../../lib/kernel/actors.ts";
import { DAY } from "../../../lib/kernel/clock.ts";
import { defineJob } from "../../../lib/kernel/define-job.ts";
import { applyRetention } from "../../../lib/ops/mod.ts";
import { createContext } from "../../../lib/context.ts";
import { openWork } from "../../support/work.ts";

const job = defineJob({ name: "test.job", schema: z.object({}), lane: "default" });

Deno.test("retention deletes what has outlived its use and nothing younger", async () => {
  await using work = await openWork();
  const fill = () =>
    work.ctx.transact(async (tx) => {
      await enqueue(tx, job, {});
      await emit(tx, { type: "test.said", subjectId: "x" });
      await tx.db.run(sql`insert into idempotency_keys (owner, key, request_hash, locked_until, created_at)
        values ('o', ${String(tx.now())}, 'h', 0, ${tx.now()})`);
      const day = new Date(tx.now()).toISOString().slice(0, 10);
      await tx.db.run(
        sql`insert into usage_counters (workspace_id, day, subject) values ('w', ${day}, 'con_1')`,
      );
    });
  await fill();
  for (const run of await claim(work.system, { lane: "default", limit: 9, worker: "w" })) {
    await acknowledge(work.system, run);
  }
  work.clock.advance(91 * DAY);
  await fill();
  const { deleted } = await applyRetention(work.system);
  assert.deepEqual(deleted, {
    jobs: 1,
    events: 1,
    idempotency_keys: 1,
    schedule_ticks: 0,
    usage_counters: 1,
  });
  assert.deepEqual((await applyRetention(work.system)).deleted, {
    jobs: 0,
    events: 0,
    idempotency_keys: 0,
    schedule_ticks: 0,
    usage_counters: 0,
  });
});

Deno.test("retention gives the room of what it deleted back to the disk", async () => {
  await using work = await openWork();
  const text = "x".repeat(2000);
  await work.ctx.transact(async (tx) => {
    for (let n = 0; n < 4000; n++) await emit(tx, { type: "test.said", subjectId: "x", data: { text } });
  });
  await work.opened.database.checkpoint();
  const full = (await Deno.stat(work.opened.path)).size;
  work.clock.advance(91 * DAY);
  const report = await applyRetention(work.system);
  await work.opened.database.checkpoint();
  const left = (await Deno.stat(work.opened.path)).size;
  assert.equal(report.deleted.events, 4000);
  assert.ok(left < full * 0.7, `${left} of ${full} bytes are left`);
  assert.ok(report.pages > 1000 && full - left >= report.pages * 4096, `${report.pages} pages`);
});

Deno.test("retention stops between two transactions when its job is told to", async () => {
  await using work = await openWork();
  const stop = new AbortController();
  stop.abort(new Error("the process is stopping"));
  const { ports, config } = work.system;
  const stopped = createContext({
    ports,
    config,
    actor: systemActor("job"),
    workspaceId: null,
    signal: stop.signal,
  });
  await assert.rejects(applyRetention(stopped), /the process is stopping/);
});
