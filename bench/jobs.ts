/**
 * Durable jobs on a file (each commit fsynced): enqueued one a transaction by many callers, worked off by a whole
 * runner (claim, handler, end in the handler's own commit or by acknowledgement), and the time from enqueue to start
 * when idle. Run: deno task bench:jobs
 */
import { join } from "node:path";
import { z } from "zod";
import { migrate } from "../db/migrate.ts";
import { createFileDatabase } from "../lib/adapters/db/file.ts";
import { loadMigrations } from "../lib/adapters/db/migrations.ts";
import { createMemoryLiveBus } from "../lib/adapters/live/memory.ts";
import { createProcessReader } from "../lib/adapters/meter/deno.ts";
import { createMemoryMeter } from "../lib/adapters/meter/memory.ts";
import { createMemoryWaker } from "../lib/adapters/waker/memory.ts";
import { loadConfig } from "../lib/config.ts";
import { createContext } from "../lib/context.ts";
import { createRegistry, enqueue, handler } from "../lib/jobs/mod.ts";
import { systemActor } from "../lib/kernel/actors.ts";
import { systemClock } from "../lib/kernel/clock.ts";
import { defineJob } from "../lib/kernel/define-job.ts";
import type { Ports } from "../lib/ports/mod.ts";
import { createRunner } from "../workers/runner.ts";
import { quantile, round, sleep } from "./measure.ts";

const JOBS = Number(Deno.args[0] ?? 20_000);
const CALLERS = 64;

/** Only what jobs touch; anything else fails at once on undefined. */
function portsOf(given: Partial<Ports>): Ports {
  return given as Ports;
}

const payload = z.object({ n: z.number() });
const plain = defineJob({ name: "bench.plain", schema: payload, lane: "default" });
const whole = defineJob({ name: "bench.whole", schema: payload, lane: "default" });
const timed = defineJob({ name: "bench.timed", schema: payload, lane: "interactive" });

const folder = await Deno.makeTempDir({ prefix: "cauce-bench-" });
const database = await createFileDatabase({ path: join(folder, "cauce.db") });
await migrate(database, { migrations: await loadMigrations() });
const waker = createMemoryWaker();
const log = { log: () => {}, request: () => {}, run: () => {}, flush: () => Promise.resolve() };
const system = createContext({
  ports: portsOf({
    database,
    waker,
    log,
    clock: systemClock,
    live: createMemoryLiveBus(),
    meter: createMemoryMeter(createProcessReader()),
  }),
  config: loadConfig({}).config,
  actor: systemActor("bench"),
  workspaceId: null,
});
const ctx = system.as({ workspaceId: "wsp_bench" });

let started = Promise.withResolvers<number>();
const registry = createRegistry([
  handler(plain, () => Promise.resolve()),
  handler(whole, (run) => run.transact((tx) => run.finish(tx))),
  handler(timed, () => Promise.resolve(started.resolve(performance.now()))),
]);

async function enqueueAll(job: typeof plain): Promise<number> {
  const from = performance.now();
  let next = 0;
  await Promise.all(Array.from({ length: CALLERS }, async () => {
    while (next < JOBS) {
      const n = next++;
      await ctx.transact((tx) => enqueue(tx, job, { n }));
    }
  }));
  return JOBS / (performance.now() - from) * 1000;
}

async function workOff(): Promise<number> {
  const runner = createRunner({ context: system, registry, lanes: { default: CALLERS } });
  const from = performance.now();
  await runner.start();
  await runner.idle();
  const rate = JOBS / (performance.now() - from) * 1000;
  await runner.stop(0);
  return rate;
}

async function startDelay(): Promise<number[]> {
  const runner = createRunner({ context: system, registry, lanes: { interactive: 4 } });
  const off = waker.onWake((...wake) => runner.wake(...wake));
  await runner.start();
  const delays: number[] = [];
  for (let n = 0; n < 200; n++) {
    started = Promise.withResolvers();
    const from = performance.now();
    await ctx.transact((tx) => enqueue(tx, timed, { n }));
    delays.push(await started.promise - from);
    await sleep(2);
  }
  await runner.idle();
  off();
  await runner.stop(0);
  return delays.sort((a, b) => a - b);
}

const figures: Record<string, number> = {};
figures.enqueue_per_s = Math.round(await enqueueAll(plain));
figures.process_per_s = Math.round(await workOff());
await enqueueAll(whole);
figures.process_within_own_commit_per_s = Math.round(await workOff());
const delays = await startDelay();
figures.enqueue_to_start_p50_ms = round(quantile(delays, 0.5));
figures.enqueue_to_start_p99_ms = round(quantile(delays, 0.99));
figures.ratio_process_to_enqueue = round(figures.process_per_s / figures.enqueue_per_s);
await database.close();
await Deno.remove(folder, { recursive: true });
// deno-lint-ignore no-console -- a benchmark's result is its output
console.log(JSON.stringify({ jobs: JOBS, callers: CALLERS, ...figures }, null, 2));
