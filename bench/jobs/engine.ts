/** An engine on a file of its own, as a server has it: every commit synced, every run a line in its log. */
import { join } from "node:path";
import { z } from "zod";
import { migrate } from "../../db/migrate.ts";
import { createFileDatabase, type FileDatabase } from "../../lib/adapters/db/file.ts";
import { loadMigrations } from "../../lib/adapters/db/migrations.ts";
import { createMemoryLiveBus } from "../../lib/adapters/live/memory.ts";
import { createJsonLogger } from "../../lib/adapters/log/json.ts";
import { createProcessReader } from "../../lib/adapters/meter/deno.ts";
import { createMemoryMeter } from "../../lib/adapters/meter/memory.ts";
import { createMemoryWaker, type MemoryWaker } from "../../lib/adapters/waker/memory.ts";
import { loadConfig } from "../../lib/config.ts";
import { createContext, type Ctx } from "../../lib/context.ts";
import { systemActor } from "../../lib/kernel/actors.ts";
import { systemClock } from "../../lib/kernel/clock.ts";
import { defineJob } from "../../lib/kernel/define-job.ts";
import type { Ports } from "../../lib/ports/mod.ts";

export interface Engine {
  /** The system, in no workspace. */
  readonly system: Ctx;
  /** The system, in one. */
  readonly ctx: Ctx;
  readonly database: FileDatabase;
  readonly waker: MemoryWaker;
  readonly folder: string;
  readonly path: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Only what jobs touch; anything else fails at once on undefined. */
function portsOf(given: Partial<Ports>): Ports {
  return given as Ports;
}

export async function openEngine(more: Partial<Ports> = {}): Promise<Engine> {
  const folder = await Deno.makeTempDir({ prefix: "cauce-bench-" });
  const path = join(folder, "cauce.db");
  const database = await createFileDatabase({ path });
  await migrate(database, { migrations: await loadMigrations() });
  const waker = createMemoryWaker();
  const log = createJsonLogger({ service: "bench", write: null, file: { path: join(folder, "bench.log") } });
  const ports = portsOf({
    database,
    waker,
    log,
    clock: systemClock,
    live: createMemoryLiveBus(),
    meter: createMemoryMeter(createProcessReader()),
    ...more,
  });
  const system = createContext({
    ports,
    config: loadConfig({}).config,
    actor: systemActor("bench"),
    workspaceId: null,
  });
  return {
    system,
    ctx: system.as({ workspaceId: "wsp_bench" }),
    database,
    waker,
    folder,
    path,
    async [Symbol.asyncDispose]() {
      await database.close();
      await log.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

const payload = z.object({ n: z.number() });
export const plain = defineJob({ name: "bench.plain", schema: payload, lane: "default" });
export const whole = defineJob({ name: "bench.whole", schema: payload, lane: "default" });
export const timed = defineJob({ name: "bench.timed", schema: payload, lane: "interactive" });
