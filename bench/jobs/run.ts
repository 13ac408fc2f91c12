/** One round of the product in a process of its own; prints its figures as one line of JSON. Arguments: jobs, callers. */
import process from "node:process";
import { createRegistry, enqueue, enqueueMany, handler } from "../../lib/jobs/mod.ts";
import { say } from "../../cli/output.ts";
import { createRunner } from "../../workers/runner.ts";
import { quantile, round, sleep } from "../measure.ts";
import { openEngine, plain, timed, whole } from "./engine.ts";

const [jobs = 20_000, callers = 64] = Deno.args.map(Number);
const BULK = 10_000;

await using engine = await openEngine();
const { system, ctx, waker } = engine;
let done = 0;
let all = Promise.withResolvers<void>();
let started = Promise.withResolvers<number>();
const registry = createRegistry([
  handler(plain, () => {
    if (++done === jobs) all.resolve();
    return Promise.resolve();
  }),
  handler(whole, (run) => run.transact((tx) => run.finish(tx))),
  handler(timed, () => Promise.resolve(started.resolve(performance.now()))),
]);
const rate = (count: number, from: number) => Math.round(count / (performance.now() - from) * 1000);

async function oneByOne(job: typeof plain): Promise<number> {
  const from = performance.now();
  let next = 0;
  await Promise.all(Array.from({ length: callers }, async () => {
    while (next < jobs) {
      const n = next++;
      await ctx.transact((tx) => enqueue(tx, job, { n }));
    }
  }));
  return rate(jobs, from);
}

async function inBulk(): Promise<number> {
  const from = performance.now();
  for (let first = 0; first < jobs; first += BULK) {
    const items = Array.from(
      { length: Math.min(BULK, jobs - first) },
      (_, n) => ({ payload: { n: first + n } }),
    );
    await ctx.transact((tx) => enqueueMany(tx, plain, items));
  }
  return rate(jobs, from);
}

/** Resolves when every claim and every end is on disk. */
async function workOff(): Promise<{ perSecond: number; cpuUs: number }> {
  const runner = createRunner({ context: system, registry, lanes: { default: callers } });
  const cpu = process.cpuUsage();
  const from = performance.now();
  await runner.start();
  await runner.idle();
  const perSecond = rate(jobs, from);
  const { user, system: kernel } = process.cpuUsage(cpu);
  await runner.stop(0);
  return { perSecond, cpuUs: Math.round((user + kernel) / jobs) };
}

/** From the first enqueued to the last end on disk, with the runner there from the start. */
async function throughput(): Promise<number> {
  const runner = createRunner({ context: system, registry, lanes: { default: callers } });
  const off = waker.onWake((...wake) => runner.wake(...wake));
  await runner.start();
  done = 0;
  all = Promise.withResolvers();
  const from = performance.now();
  await inBulk();
  await all.promise;
  await runner.idle();
  const perSecond = rate(jobs, from);
  off();
  await runner.stop(0);
  return perSecond;
}

async function startDelays(): Promise<number[]> {
  const runner = createRunner({ context: system, registry, lanes: { interactive: 4 } });
  const off = waker.onWake((...wake) => runner.wake(...wake));
  await runner.start();
  const delays: number[] = [];
  for (let n = 0; n < 200; n++) {
    started = Promise.withResolvers();
    const from = performance.now();
    await ctx.transact((tx) => enqueue(tx, timed, { n }));
    delays.push(await started.promise - from);
    await sleep(3);
  }
  await runner.idle();
  off();
  await runner.stop(0);
  return delays.sort((a, b) => a - b);
}

const enqueuePerSecond = await oneByOne(plain);
const { perSecond, cpuUs } = await workOff();
const bulkPerSecond = await inBulk();
await workOff();
const donePerSecond = await throughput();
await oneByOne(whole);
const within = await workOff();
const delays = await startDelays();
say(JSON.stringify({
  enqueue_per_s: enqueuePerSecond,
  bulk_per_s: bulkPerSecond,
  process_per_s: perSecond,
  done_per_s: donePerSecond,
  start_p50_ms: round(quantile(delays, 0.5)),
  start_p99_ms: round(quantile(delays, 0.99)),
  cpu_us: cpuUs,
  within_own_commit_per_s: within.perSecond,
}));
