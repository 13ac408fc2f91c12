/**
 * The process of the kill matrix: a whole engine on a file. It loads, says "armed", and waits for its orders on standard
 * input: `{path, seed, point, nth, jobs, ledger}`. Then it enqueues and runs jobs until it comes to the named commit
 * point for the nth time, where it ends itself by SIGKILL; or until nothing is left to do. What was acknowledged to it
 * it says on standard output.
 */
import { z } from "zod";
import { createFileDatabase } from "../../lib/adapters/db/file.ts";
import { createMemoryLiveBus } from "../../lib/adapters/live/memory.ts";
import { createProcessReader } from "../../lib/adapters/meter/deno.ts";
import { createMemoryMeter } from "../../lib/adapters/meter/memory.ts";
import { createMemoryWaker } from "../../lib/adapters/waker/memory.ts";
import { loadConfig } from "../../lib/config.ts";
import { createContext } from "../../lib/context.ts";
import { emit } from "../../lib/events/mod.ts";
import { cancelJob, createRegistry, enqueue, handler } from "../../lib/jobs/mod.ts";
import { systemActor } from "../../lib/kernel/actors.ts";
import { systemClock } from "../../lib/kernel/clock.ts";
import { defineJob } from "../../lib/kernel/define-job.ts";
import { createRunner } from "../../workers/runner.ts";
import { TextLineStream } from "./lines.ts";
import { createCapturedLog } from "./ports.ts";
import { watchStatements } from "./statements.ts";
import { portsOf } from "./work.ts";

const orders = z.object({
  path: z.string(),
  seed: z.number(),
  /** "": none, it runs until nothing is left. */
  point: z.string(),
  nth: z.number(),
  jobs: z.number(),
  ledger: z.string(),
});

const say = (line: string) => void Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
say("armed");
const input = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
  .getReader();
const { path, seed, point, nth, jobs, ledger } = orders.parse(JSON.parse((await input.read()).value ?? "{}"));

let left = nth;
/** A commit point: here the process may end. */
function at(name: string): void {
  if (name === point && --left <= 0) Deno.kill(Deno.pid, "SIGKILL");
}

/** Which of the engine's statements this is; null: none that changes a job. */
function kindOf(sql: string): string | null {
  if (!/^update "?jobs/i.test(sql)) return null;
  if (/json_each/.test(sql) && /"finished_at" = \?/.test(sql)) return "ack";
  if (/"attempts" = "jobs"\."attempts" \+ 1/.test(sql)) return "claim";
  if (/"last_error" = \?/.test(sql)) return "settle";
  return "sweep";
}

function passes(sql: string, when: "before" | "durable"): void {
  const kind = kindOf(sql);
  if (kind !== null) at(`${kind}.${when}`);
}

const database = await createFileDatabase({ path });
// Statements by themselves are commits of their own: before and after each of them is a point.
watchStatements(database.client, {
  before: (sql) => passes(sql, "before"),
  after: (sql) => passes(sql, "durable"),
});
const waker = createMemoryWaker();
const system = createContext({
  ports: portsOf({
    database,
    waker,
    clock: systemClock,
    log: createCapturedLog(),
    live: createMemoryLiveBus(),
    meter: createMemoryMeter(createProcessReader()),
  }),
  config: loadConfig({}).config,
  actor: systemActor("kill"),
  workspaceId: null,
});
const ctx = system.as({ workspaceId: "wsp_kill" });

const shape = z.object({ n: z.number() });
const common = { schema: shape, attempts: 50, backoff: { baseMs: 1, maxMs: 2 } };
/** Its effect and its end are one commit. */
const whole = defineJob({ name: "kill.whole", lane: "default", ...common });
/** Its effect is a commit of its own, once for each job by the ledger's key; then it is acknowledged. */
const keyed = defineJob({ name: "kill.keyed", lane: "default", ...common });
/** Its effect is outside and knows no key. */
const outside = defineJob({ name: "kill.outside", lane: "bulk", ...common });
/** Fails twice before it succeeds. */
const fails = defineJob({ name: "kill.fails", lane: "default", ...common });
const KINDS = [whole, keyed, outside, fails];

const effects = await Deno.open(ledger, { create: true, append: true });
const registry = createRegistry([
  handler(whole, async (run) => {
    await run.transact(async (tx) => {
      at("effect.begin");
      await emit(tx, { type: "kill.effect", subjectId: run.job.id });
      await run.finish(tx);
      at("effect.written");
    });
    at("effect.durable");
  }),
  handler(keyed, async (run) => {
    await run.transact(async (tx) => {
      await run.assertLease(tx);
      await tx.db.run(`insert into kill_keys (id) values ('${run.job.id}') on conflict do nothing`);
      at("keyed.written");
    });
    at("keyed.durable");
  }),
  handler(outside, (run) => {
    at("outside.before");
    effects.writeSync(new TextEncoder().encode(`${run.job.id}\n`));
    at("outside.done");
    return Promise.resolve();
  }),
  handler(fails, async (run) => {
    if (run.job.attempt % 3 !== 0) throw new Error("not yet");
    await run.transact(async (tx) => {
      await emit(tx, { type: "kill.effect", subjectId: run.job.id });
      await run.finish(tx);
    });
  }),
]);
const runner = createRunner({
  context: system,
  worker: "server",
  lanes: { default: 8, bulk: 1 },
  registry,
  sweepMs: 20,
});
waker.onWake((...wake) => runner.wake(...wake));
await runner.start();
say("ready");

async function one(n: number): Promise<void> {
  const job = KINDS[(seed + n) % KINDS.length] ?? whole;
  at("enqueue.begin");
  const id = await ctx.transact(async (tx) => {
    const added = await enqueue(tx, job, { n }, { delayMs: n % 5 === 0 ? 2 : 0 });
    at("enqueue.written");
    return added;
  });
  at("enqueue.durable");
  say(id);
  if (n % 7 !== 3) return;
  const later = await ctx.transact((tx) => enqueue(tx, whole, { n }, { delayMs: 3_600_000 }));
  await cancelJob(ctx, { id: later });
  at("cancel.durable");
  say(`cancelled ${later}`);
}

await Promise.all(Array.from({ length: jobs }, (_, n) => one(n)));
await runner.idle();
while (await waiting() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
await runner.stop(0);
await database.close();
say("drained");
Deno.exit(0);

/** Jobs that have not ended, but those of another day. */
async function waiting(): Promise<number> {
  const sql = "select count(*) as n from jobs where state < 3 and run_at < ?";
  const { rows } = await database.client.execute({ sql, args: [Date.now() + 60_000] });
  return Number(rows[0]?.n);
}
