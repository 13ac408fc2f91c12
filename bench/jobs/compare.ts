/**
 * `deno task bench:jobs`: durable jobs beside BullMQ on a local Redis, once with appendfsync everysec and once with
 * always. Each round is a fresh process of each, in turn, so that noise hits all alike; the median counts. Then tasks
 * in bulk over HTTP, and what a claim costs at a thousand and at a million jobs waiting. Arguments: jobs (20,000), rounds (3).
 */
import { join } from "node:path";
import { say } from "../../cli/output.ts";
import { freePort } from "../../tests/support/loopback.ts";
import { START_FLAGS } from "../../tools/build-server.ts";
import { sleep } from "../measure.ts";

const [jobs = 20_000, rounds = 3] = Deno.args.map(Number);
const CALLERS = 64;
const BULLMQ = {
  imports: { bullmq: "npm:bullmq@6.7.0", ioredis: "npm:ioredis@6.0.0" },
  // Newer ones name a platform's package that is not published.
  overrides: { "msgpackr-extract": "3.0.4" },
} as const;
const REDIS = "/usr/bin/redis-server";

type Figures = Readonly<Record<string, number>>;

async function run(args: readonly string[], cwd?: string): Promise<Figures> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "-q", ...args],
    stdout: "piped",
    stderr: "inherit",
    ...(cwd === undefined ? {} : { cwd }),
  });
  const { success, stdout } = await command.output();
  if (!success) throw new Error(`${args[0]} failed`);
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1) ?? "{}");
}

const here = (file: string) => new URL(file, import.meta.url).pathname;

function cauce(): Promise<Figures> {
  return run([...START_FLAGS, here("run.ts"), String(jobs), String(CALLERS)]);
}

/** A folder of its own, so that the product's lock file knows nothing of it. */
async function bullHome(): Promise<string> {
  const home = await Deno.makeTempDir({ prefix: "cauce-bullmq-" });
  const { imports, overrides } = BULLMQ;
  await Deno.writeTextFile(join(home, "deno.json"), JSON.stringify({ nodeModulesDir: "none", imports }));
  await Deno.writeTextFile(join(home, "package.json"), JSON.stringify({ private: true, overrides }));
  await Deno.copyFile(here("../peers/bullmq.mjs"), join(home, "bullmq.mjs"));
  return home;
}

async function bullmq(home: string, appendfsync: string): Promise<Figures> {
  const port = freePort("127.0.0.1");
  const folder = await Deno.makeTempDir({ prefix: "cauce-redis-" });
  const settings = ["--appendonly", "yes", "--appendfsync", appendfsync, "--save", "", "--dir", folder];
  const redis = new Deno.Command(REDIS, {
    args: ["--port", String(port), "--bind", "127.0.0.1", "--loglevel", "warning", ...settings],
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await sleep(500);
    return await run(["bullmq.mjs", String(port), String(jobs), String(CALLERS)], home);
  } finally {
    redis.kill("SIGKILL");
    await redis.status;
    await Deno.remove(folder, { recursive: true });
  }
}

const home = await bullHome();
const peers: Record<string, () => Promise<Figures>> = {
  "Cauce, every commit synced": cauce,
  "BullMQ, appendfsync everysec": () => bullmq(home, "everysec"),
  "BullMQ, appendfsync always": () => bullmq(home, "always"),
};
const found = new Map<string, Figures[]>(Object.keys(peers).map((name) => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const [name, peer] of Object.entries(peers)) found.get(name)?.push(await peer());
}
await Deno.remove(home, { recursive: true });

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
const of = (name: string, figure: string) => median((found.get(name) ?? []).map((one) => one[figure] ?? NaN));
const FIGURES = {
  enqueue_per_s: "enqueued one by one, 64 callers",
  bulk_per_s: "enqueued in bulk",
  process_per_s: "worked off",
  done_per_s: "bulk in, all done",
} as const;
const [ours = "", ...others] = Object.keys(peers);
for (const [figure, what] of Object.entries(FIGURES)) {
  const mine = of(ours, figure);
  const beside = others.map((name) =>
    `${(mine / of(name, figure)).toFixed(2)} of ${name} (${of(name, figure)}/s)`
  );
  say(`${what.padEnd(32)} ${String(mine).padStart(7)}/s   ${beside.join("   ")}`);
}
for (const name of [ours, ...others]) {
  const [p50, p99, cpu] = ["start_p50_ms", "start_p99_ms", "cpu_us"].map((figure) => of(name, figure));
  say(`${name}: start when idle p50 ${p50} ms, p99 ${p99} ms; ${cpu} us of its own CPU a job worked off`);
}
say(`ended within the handler's own commit: ${of(ours, "within_own_commit_per_s")}/s`);
const { submit_per_s, submit_http_per_s, ...alone } = await run([here("submit.ts")]);
say(`tasks submitted 10,000 at a time: ${submit_per_s}/s by the verb, ${submit_http_per_s}/s over HTTP`);
say(JSON.stringify(alone));
say(JSON.stringify(await run([here("claims.ts")])));
