/** The process that tests/workers/kill.test.ts kills: enqueues, runs, and says what was acknowledged. */
import { z } from "zod";
import { createFileDatabase } from "../../lib/adapters/db/file.ts";
import { createMemoryLiveBus } from "../../lib/adapters/live/memory.ts";
import { createProcessReader } from "../../lib/adapters/meter/deno.ts";
import { createMemoryMeter } from "../../lib/adapters/meter/memory.ts";
import { createMemoryWaker } from "../../lib/adapters/waker/memory.ts";
import { loadConfig } from "../../lib/config.ts";
import { createContext } from "../../lib/context.ts";
import { emit } from "../../lib/events/mod.ts";
import { createRegistry, enqueue, handler } from "../../lib/jobs/mod.ts";
import { systemActor } from "../../lib/kernel/actors.ts";
import { systemClock } from "../../lib/kernel/clock.ts";
import { defineJob } from "../../lib/kernel/define-job.ts";
import { createRunner } from "../../workers/runner.ts";
import { createCapturedLog } from "./ports.ts";
import { portsOf } from "./work.ts";

/** `load`: enqueue without end. `drain`: only run what there is, then say "drained". */
const [path = "", mode = ""] = Deno.args;
const job = defineJob({
  name: "kill.effect",
  schema: z.object({ n: z.number() }),
  lane: "default",
  attempts: 1,
});
const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

const database = await createFileDatabase({ path });
const waker = createMemoryWaker();
const context = createContext({
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
const runner = createRunner({
  context,
  worker: "server",
  lanes: { default: 16 },
  registry: createRegistry([
    handler(job, async (ctx) => {
      // Some runs cross turns of the event loop, so that a kill meets them half way.
      if (Math.random() < 0.5) await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
      await ctx.transact(async (tx) => {
        await emit(tx, { type: "kill.effect", subjectId: ctx.job.id });
        await ctx.finish(tx);
      });
    }),
  ]),
});
waker.onWake((...wake) => runner.wake(...wake));
await runner.start();
say("ready");

if (mode === "drain") {
  await runner.idle();
  await runner.stop(0);
  await database.close();
  say("drained");
} else {
  const ctx = context.as({ workspaceId: "wsp_kill" });
  const load = async () => {
    for (let n = 0;; n++) {
      say(await ctx.transact((tx) => enqueue(tx, job, { n }, { delayMs: n % 3 === 0 ? 3 : 0 })));
    }
  };
  await Promise.all(Array.from({ length: 8 }, load));
}
