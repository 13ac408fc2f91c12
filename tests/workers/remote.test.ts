import assert from "node:assert/strict";
import { z } from "zod";
import { serveHrana } from "../../lib/adapters/db/hrana-server.ts";
import { createRemoteDatabase } from "../../lib/adapters/db/remote.ts";
import { createContext } from "../../lib/context.ts";
import { emit, readEvents } from "../../lib/events/mod.ts";
import { createRegistry, enqueue, handler, listDead, listJobs } from "../../lib/jobs/mod.ts";
import { defineJob } from "../../lib/kernel/define-job.ts";
import { Impossible } from "../../lib/kernel/retry.ts";
import { createRunner } from "../../workers/runner.ts";
import { openWork } from "../support/work.ts";

const job = defineJob({ name: "test.remote", schema: z.object({ n: z.number() }), lane: "default" });

Deno.test("a runner works through the owner's endpoint as it does on the file, beside the owner's own", async () => {
  await using work = await openWork();
  const endpoint = serveHrana(work.opened.database, { token: "a-token-of-this-test" });
  const database = createRemoteDatabase({ url: endpoint.url, authToken: "a-token-of-this-test" });
  const remote = createContext({
    ports: { ...work.system.ports, database },
    config: work.system.config,
    actor: work.system.actor,
    workspaceId: null,
  });
  const ran: string[] = [];
  const runnerOf = (name: string, context: typeof remote) =>
    createRunner({
      context,
      lanes: { default: 4 },
      registry: createRegistry([
        handler(job, async (ctx, { n }) => {
          ran.push(name);
          if (n === 13) throw new Impossible("an unlucky number");
          await ctx.transact(async (tx) => {
            await ctx.assertLease(tx);
            await emit(tx, { type: "test.effect", subjectId: ctx.job.id });
            if (n % 2 === 0) await ctx.finish(tx);
          });
        }),
      ]),
    });
  const put = async (from: number, to: number) => {
    for (let n = from; n < to; n++) await work.ctx.transact((tx) => enqueue(tx, job, { n }));
  };
  const here = runnerOf("here", work.system);
  const there = runnerOf("there", remote);
  await put(0, 20);
  await there.start();
  await there.idle();
  assert.deepEqual(ran, Array(20).fill("there"));
  await put(20, 40);
  await here.start();
  await Promise.all([there.idle(), here.idle()]);
  await Promise.all([there.stop(1000), here.stop(1000)]);
  assert.equal(ran.length, 40);
  assert.equal((await listJobs(work.ctx, { limit: 100, state: "done" })).data.length, 39);
  assert.deepEqual((await listDead(work.ctx, { limit: 5 })).data.map(({ lastError }) => lastError), [
    "an unlucky number",
  ]);
  const effects = (await readEvents(work.ctx, { after: 0, limit: 100 })).filter(({ type }) =>
    type === "test.effect"
  );
  assert.equal(new Set(effects.map(({ subjectId }) => subjectId)).size, 39);
  await database.close();
  await endpoint.shutdown();
});
