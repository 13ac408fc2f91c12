import { createMemoryLiveBus } from "../../lib/adapters/live/memory.ts";
import { createMemoryMeter } from "../../lib/adapters/meter/memory.ts";
import { createMemoryWaker, type MemoryWaker } from "../../lib/adapters/waker/memory.ts";
import { loadConfig } from "../../lib/config.ts";
import { createContext, type Ctx } from "../../lib/context.ts";
import { systemActor } from "../../lib/kernel/actors.ts";
import type { Ports } from "../../lib/ports/mod.ts";
import { openTestDatabase, type TestDatabase } from "./database.ts";
import { type CapturedLog, createCapturedLog, createTestClock, type TestClock } from "./ports.ts";

export const WORKSPACE = "wsp_test";

export interface Work {
  /** The system, in no workspace. */
  readonly system: Ctx;
  /** The system, in one workspace. */
  readonly ctx: Ctx;
  readonly clock: TestClock;
  readonly log: CapturedLog;
  readonly waker: MemoryWaker;
  readonly live: Ports["live"];
  readonly opened: TestDatabase;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What jobs, events and audit need: a database file, a clock, a waker. Every other port fails when it is touched. */
export async function openWork(more: (opened: TestDatabase) => Partial<Ports> = () => ({})): Promise<Work> {
  const opened = await openTestDatabase();
  const clock = createTestClock();
  const log = createCapturedLog();
  const waker = createMemoryWaker();
  const live = createMemoryLiveBus();
  const meter = createMemoryMeter(() => ({
    uptime_s: 1,
    rss_bytes: 1,
    heap_used_bytes: 1,
    cpu_cores: 1,
    load_average: null,
  }));
  const ports = portsOf({
    database: opened.database,
    clock,
    log,
    waker,
    live,
    meter,
    isolation: null,
    traces: null,
    ...more(opened),
  });
  const { config } = loadConfig({});
  const system = createContext({ ports, config, actor: systemActor("test"), workspaceId: null });
  return {
    system,
    ctx: system.as({ workspaceId: WORKSPACE }),
    clock,
    log,
    waker,
    live,
    opened,
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

/** Safe because a test that reaches a port which it did not give fails on `undefined` at once. */
export function portsOf(given: Partial<Ports>): Ports {
  return given as Ports;
}
