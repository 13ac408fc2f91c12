/**
 * `deno task bench:soak`: jobs at a steady rate, each run to its end, ended ones pruned as a server does it. Says how
 * memory and the file fare, and by how much the last third is above the one before. Arguments: seconds (600), jobs a
 * second (2,000), ended jobs to keep (100,000).
 */
import { say } from "../../cli/output.ts";
import { createRegistry, enqueueMany, handler } from "../../lib/jobs/mod.ts";
import { applyJobRetention } from "../../lib/ops/mod.ts";
import { createRunner } from "../../workers/runner.ts";
import { round, sleep } from "../measure.ts";
import { openEngine, plain } from "./engine.ts";

const [seconds = 600, perSecond = 2000, keepRows = 100_000] = Deno.args.map(Number);
const TICK_MS = 100;
const PRUNE_TICKS = 100;
const MB = 1024 * 1024;

await using engine = await openEngine();
const { system, ctx, waker, path } = engine;
let done = 0;
const runner = createRunner({
  context: system,
  lanes: { default: 16 },
  registry: createRegistry([handler(plain, () => Promise.resolve(void done++))]),
});
const off = waker.onWake((...wake) => runner.wake(...wake));
await runner.start();

interface Sample {
  readonly rssMb: number;
  readonly heapMb: number;
  readonly fileMb: number;
  readonly logMb: number;
}

async function sizeOf(file: string): Promise<number> {
  return await Deno.stat(file).then(({ size }) => size, () => 0);
}

async function sample(): Promise<Sample> {
  const { rss, heapUsed } = Deno.memoryUsage();
  return {
    rssMb: rss / MB,
    heapMb: heapUsed / MB,
    fileMb: await sizeOf(path) / MB,
    logMb: await sizeOf(`${path}-wal`) / MB,
  };
}

const samples: Sample[] = [];
const from = performance.now();
const ticks = seconds * 1000 / TICK_MS;
let enqueued = 0;
for (let tick = 0; tick < ticks; tick++) {
  const wanted = Math.floor((tick + 1) * TICK_MS * perSecond / 1000) - enqueued;
  const items = Array.from({ length: wanted }, (_, n) => ({ payload: { n: enqueued + n } }));
  await ctx.transact((tx) => enqueueMany(tx, plain, items));
  enqueued += wanted;
  if (tick % PRUNE_TICKS === PRUNE_TICKS - 1) await applyJobRetention(system, { keepRows });
  if (tick % 10 === 0) samples.push(await sample());
  if (tick % Math.ceil(ticks / 10) === 0) {
    const now = samples.at(-1);
    say(
      `${Math.round((performance.now() - from) / 1000)} s: ${done} done, ${
        Object.entries(now ?? {}).map(([name, value]) => `${name} ${round(value)}`).join(", ")
      }`,
    );
  }
  await sleep(Math.max(0, from + (tick + 1) * TICK_MS - performance.now()));
}
await runner.idle();
off();
await runner.stop(0);

const third = Math.floor(samples.length / 3);
const most = (part: readonly Sample[], name: keyof Sample) => Math.max(...part.map((one) => one[name]));
const growth = (name: keyof Sample) =>
  round(most(samples.slice(-third), name) / Math.max(1, most(samples.slice(third, -third), name)));
say(JSON.stringify({
  enqueued,
  done,
  rss_growth: growth("rssMb"),
  heap_growth: growth("heapMb"),
  file_growth: growth("fileMb"),
  wal_growth: growth("logMb"),
  rss_most_mb: round(most(samples, "rssMb")),
  file_most_mb: round(most(samples, "fileMb")),
}));
