/** A worker on the other side of an owner's endpoint, whose runs never end: arguments are the address and the token. */
import { z } from "zod";
import { createRemoteDatabase } from "../../lib/adapters/db/remote.ts";
import { createMemoryLiveBus } from "../../lib/adapters/live/memory.ts";
import { createProcessReader, readUsage } from "../../lib/adapters/meter/deno.ts";
import { createMemoryMeter } from "../../lib/adapters/meter/memory.ts";
import { createMemoryWaker } from "../../lib/adapters/waker/memory.ts";
import { loadConfig } from "../../lib/config.ts";
import { createContext } from "../../lib/context.ts";
import { createRegistry, handler } from "../../lib/jobs/mod.ts";
import { systemActor } from "../../lib/kernel/actors.ts";
import { systemClock } from "../../lib/kernel/clock.ts";
import { defineJob } from "../../lib/kernel/define-job.ts";
import { createPresence } from "../../workers/presence.ts";
import { createRunner } from "../../workers/runner.ts";
import { createCapturedLog } from "./ports.ts";
import { portsOf } from "./work.ts";

const [url = "", authToken = ""] = Deno.args;
const context = createContext({
  ports: portsOf({
    database: createRemoteDatabase({ url, authToken }),
    waker: createMemoryWaker(),
    clock: systemClock,
    log: createCapturedLog(),
    live: createMemoryLiveBus(),
    meter: createMemoryMeter(createProcessReader()),
  }),
  config: loadConfig({}).config,
  actor: systemActor("worker"),
  workspaceId: null,
});
const job = defineJob({ name: "faults.job", schema: z.object({ how: z.string() }), lane: "default" });
const say = (line: string) => void Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

const runner = createRunner({
  context,
  lanes: { default: 1 },
  registry: createRegistry([
    handler(job, async (_run, { how }) => {
      say(how);
      while (how === "blocks") { /* for ever: no beat, no lease, no answer to anything */ }
      await new Promise(() => {});
    }),
  ]),
});
const presence = createPresence({
  context,
  worker: runner.worker,
  host: "elsewhere",
  pid: Deno.pid,
  usage: readUsage,
  load: () => ({ lanes: runner.lanes, running: runner.running }),
});
await presence.start();
await runner.start();
