/**
 * The process of the model-based fault test: the real engine on a real file, steered line by line. It loads, says
 * "armed", takes `{path, now}` and answers each command with what it came to and all rows and counters after it. Its
 * clock is the one that it is told.
 */
import { createFileDatabase } from "../../lib/adapters/db/file.ts";
import { createMemoryLiveBus } from "../../lib/adapters/live/memory.ts";
import { createMemoryWaker } from "../../lib/adapters/waker/memory.ts";
import { loadConfig } from "../../lib/config.ts";
import { createContext } from "../../lib/context.ts";
import {
  acknowledgeAll,
  beatWorker,
  cancelJob,
  type ClaimedJob,
  claimRound,
  controlLane,
  enqueue,
  heartbeat,
  jobStats,
  laneControls,
  OPEN_LANE,
  retryDead,
  settle,
  sweep,
  WorkerWatch,
} from "../../lib/jobs/mod.ts";
import { systemActor } from "../../lib/kernel/actors.ts";
import { definePure } from "../../lib/kernel/define-function.ts";
import { messageOf } from "../../lib/kernel/errors.ts";
import { catalogueOf } from "../../lib/ports/functions.ts";
import { createSchedule, tickTaskSchedules } from "../../lib/schedules/mod.ts";
import { z } from "zod";
import { TextLineStream } from "./lines.ts";
import { type Command, modelJob, type Rows } from "./model-commands.ts";
import { createCapturedLog } from "./ports.ts";
import { portsOf } from "./work.ts";

const say = (value: unknown) =>
  void Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(value)}\n`));
say("armed");
const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
  .getReader();
const read = async () => {
  const { value } = await lines.read();
  return value === undefined ? null : JSON.parse(value);
};
const orders: { path: string; now: number } = await read();
let now = orders.now;
let monotonic = 0;
const database = await createFileDatabase({ path: orders.path, durable: false });
const nothing = definePure({
  name: "model.nothing",
  summary: "Nothing",
  workerType: "CPU_INTENSIVE",
  args: z.array(z.unknown()),
  result: z.null(),
  examples: [{ args: [] }],
  run: () => null,
});
const system = createContext({
  ports: portsOf({
    database,
    waker: createMemoryWaker(),
    clock: { now: () => now },
    log: createCapturedLog(),
    live: createMemoryLiveBus(),
    functions: catalogueOf([nothing]),
  }),
  config: loadConfig({}).config,
  actor: systemActor("model"),
  workspaceId: null,
});
const ctx = system.as({ workspaceId: "wsp_model" });
const watch = new WorkerWatch(() => monotonic);

async function claimed(worker: string, limit: number): Promise<ClaimedJob[]> {
  // As the runner does: what is said of a lane comes first.
  const control = (await laneControls(system)).get("default") ?? OPEN_LANE;
  if (control.paused) return [];
  return (await claimRound(system, { lane: "default", limit, worker, after: "", rooms: control.rooms })).jobs;
}

async function obey(command: Command): Promise<unknown> {
  switch (command.do) {
    case "submit": {
      const { delay, priority } = command;
      return await ctx.transact((tx) => enqueue(tx, modelJob, {}, { delayMs: delay, priority }));
    }
    case "claim":
      return await claimed(command.worker, command.limit);
    case "beat": {
      const about = { host: "here", pid: 1, lanes: {}, running: 0, cpu: 0, rssBytes: 1, startedAt: 0 };
      await beatWorker(system, { id: command.worker, ...about });
      return await heartbeat(system, { worker: command.worker, runs: command.runs });
    }
    case "ack":
      return [...await acknowledgeAll(system, command.runs)];
    case "fail": {
      const { delay, burnt, run } = command;
      return await settle(system, {
        job: run,
        outcome: { kind: "retry", delayMs: delay, burnt, error: "x" },
      });
    }
    case "bury":
      return await settle(system, { job: command.run, outcome: { kind: "dead", error: "x" } });
    case "cancel":
      return (await cancelJob(ctx, { id: command.id })).state;
    case "redrive":
      return (await retryDead(ctx, { id: command.id })).state;
    case "pause":
      return void await controlLane(system, {
        lanes: ["default"],
        everybody: true,
        paused: command.paused,
        scope: "jobs:write",
      });
    case "schedule": {
      const { everyMs } = command;
      const task = { functionName: "model.nothing", args: [], priority: undefined, workerType: undefined };
      const timing = { everyMs };
      const rules = { overlap: "replace", catchUp: "last", catchUpLimit: 1, enabled: true } as const;
      return (await createSchedule(ctx, { name: "model", timing, task, ...rules })).id;
    }
    case "tick":
      return await tickTaskSchedules(system);
    case "sweep":
      return await sweep(system);
    case "look":
      monotonic += command.ms;
      return (await watch.look(system)).map(({ id }) => id);
    case "wait":
      return now += command.ms;
  }
}

async function rowsNow(): Promise<Rows> {
  const all = async (sql: string) => (await database.client.execute(sql)).rows;
  const jobs = await all(
    "select id, name, state, attempts, run_at, worker, fence, lease from jobs order by id",
  );
  const ticks = await all("select outcome, count, due_at, task_id from schedule_ticks order by id");
  const workers = await all("select id, beats from workers order by id");
  const [schedule] = await all("select next_at from task_schedules");
  const { lanes, delayed, running, dead } = await jobStats(system);
  const ready = Object.fromEntries(lanes.map(({ lane, ready }) => [lane, ready]));
  return {
    jobs: jobs.map((row) => ({
      id: String(row.id),
      isTask: String(row.name).startsWith("task:"),
      state: Number(row.state),
      attempts: Number(row.attempts),
      runAt: Number(row.run_at),
      worker: row.worker === null ? null : String(row.worker),
      fence: Number(row.fence),
      lease: Number(row.lease ?? 0),
    })),
    ticks: ticks.map((row) => ({
      outcome: String(row.outcome),
      count: Number(row.count),
      dueAt: Number(row.due_at),
      taskId: row.task_id === null ? null : String(row.task_id),
    })),
    workers: Object.fromEntries(workers.map((row) => [String(row.id), Number(row.beats)])),
    paused: (await laneControls(system)).get("default")?.paused ?? false,
    nextAt: schedule?.next_at === undefined ? null : Number(schedule.next_at),
    counters: { ready, delayed, running, dead },
  };
}

say({ rows: await rowsNow() });
for (let command: Command | null; (command = await read()) !== null;) {
  let answer: unknown, error: string | null = null;
  try {
    answer = await obey(command);
  } catch (thrown) {
    error = messageOf(thrown);
  }
  say({ answer, error, rows: await rowsNow() });
}
await database.close();
