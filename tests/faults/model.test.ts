import assert from "node:assert/strict";
import fc from "fast-check";
import { fileURLToPath } from "node:url";
import { JOB_STATE, LEASE_MS } from "../../lib/jobs/mod.ts";
import { openTestDatabase } from "../support/database.ts";
import { TextLineStream } from "../support/lines.ts";
import type { Command, Rows } from "../support/model-commands.ts";
import { Model } from "./model.ts";

/** More, and a seed that failed once more: MODEL_RUNS, MODEL_SEED. */
const RUNS = Number(Deno.env.get("MODEL_RUNS") ?? "6");
const SEED = Number(Deno.env.get("MODEL_SEED") ?? String(Math.floor(Math.random() * 2 ** 31)));
const PROGRAM = fileURLToPath(new URL("../support/model-program.ts", import.meta.url));
const START = Date.UTC(2026, 0, 5, 16);
const WORKERS = ["wrk_a", "wrk_b", "wrk_c"];

interface Answer {
  readonly answer?: unknown;
  readonly error?: string | null;
  readonly rows: Rows;
}

/** A process that has loaded the engine and waits for its file. */
function arm() {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-prompt", "--no-check", PROGRAM],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
    .getReader();
  const write = (value: unknown) => writer.write(new TextEncoder().encode(`${JSON.stringify(value)}\n`));
  async function read(): Promise<Answer> {
    const { value } = await lines.read();
    assert.ok(value !== undefined, "the engine ended");
    return JSON.parse(value);
  }
  const armed = lines.read();
  return {
    async open(path: string, now: number): Promise<Rows> {
      await armed;
      await write({ path, now });
      return (await read()).rows;
    },
    async tell(command: Command): Promise<Answer> {
      await write(command);
      return await read();
    },
    /** The command is on its way when the process ends: it was obeyed or it was not. */
    async tellAndKill(command: Command, afterMs: number): Promise<void> {
      await write(command);
      if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
      await this.kill();
    },
    async kill(): Promise<void> {
      await armed.catch(() => {});
      child.kill("SIGKILL");
      await child.status;
      await writer.close().catch(() => {});
      while (!(await lines.read()).done) { /* what it had still said */ }
    },
  };
}

const pick = fc.nat(1000);
const worker = fc.constantFrom(...WORKERS);
const delay = fc.constantFrom(0, 0, 1, 5000, 60_000);

/** A command as chance gives it; `pick` chooses among what there is when its turn comes. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("submit" as const),
      delay,
      priority: fc.integer({ min: -2, max: 3 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("claim" as const),
      worker,
      limit: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("ack" as const), pick }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("beat" as const), worker }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("fail" as const), pick, delay, burnt: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("bury" as const, "cancel" as const, "redrive" as const),
      pick,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("pause" as const), paused: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("schedule" as const), everyMs: fc.constantFrom(1000, 60_000) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constantFrom("sweep" as const, "sweep" as const, "tick" as const) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("look" as const), ms: fc.constantFrom(1000, 1000, 5000) }),
  },
  // The clock may also be set back.
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.constantFrom(1, 4000, LEASE_MS + 1, 60_000, 3_600_000, -30_000),
    }),
  },
);
const life = fc.constantFrom(
  "lives" as const,
  "lives" as const,
  "lives" as const,
  "lives" as const,
  "lives" as const,
  "lives" as const,
  "lives" as const,
  "dies after" as const,
  "dies within" as const,
);
const steps = fc.array(fc.record({ step, life, killMs: fc.nat(3) }), { minLength: 25, maxLength: 45 });

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** The command that the step means now; null: there is nothing that it could be about. */
function commandOf(given: Step, model: Model): Command | null {
  const among = <T>(all: readonly T[], n: number): T | undefined => all[n % Math.max(1, all.length)];
  switch (given.do) {
    case "ack": {
      const run = among(model.runs, given.pick);
      return run === undefined ? null : { do: "ack", runs: [run] };
    }
    case "beat":
      return { do: "beat", worker: given.worker, runs: model.runs.slice(-3) };
    case "fail": {
      const run = among(model.runs, given.pick);
      return run === undefined ? null : { do: "fail", run, delay: given.delay, burnt: given.burnt };
    }
    case "bury": {
      const run = among(model.runs, given.pick);
      return run === undefined ? null : { do: "bury", run };
    }
    case "cancel": {
      const id = among(model.ids([JOB_STATE.ready, JOB_STATE.delayed, JOB_STATE.leased]), given.pick);
      return id === undefined ? null : { do: "cancel", id };
    }
    case "redrive": {
      const id = among(model.ids([JOB_STATE.dead]), given.pick);
      return id === undefined ? null : { do: "redrive", id };
    }
    case "schedule":
      return model.schedule === null ? given : null;
    default:
      return given;
  }
}

/** What a clock of the process alone holds, so that a kill within it says nothing. */
const NOT_WRITTEN: ReadonlySet<string> = new Set(["wait", "look"]);

Deno.test(`the engine is as a simple model says after every command, also when it is killed after or within one (MODEL_SEED=${SEED})`, async () => {
  let kills = 0, commands = 0;
  let ready = arm();
  const next = () => {
    const engine = ready;
    ready = arm();
    return engine;
  };
  try {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        await using opened = await openTestDatabase();
        await opened.database.close();
        let model = new Model(START);
        let engine = next();
        model.check(await engine.open(opened.path, model.now));
        try {
          for (const { step, life, killMs } of all) {
            const command = commandOf(step, model);
            if (command === null) continue;
            commands++;
            if (life !== "dies within" || NOT_WRITTEN.has(command.do)) {
              const told = await engine.tell(command);
              assert.equal(told.error ?? null, null, command.do);
              model.apply(command, { answer: told.answer ?? null, rows: told.rows });
              model.check(told.rows);
              if (life === "lives") continue;
              await engine.kill();
            } else {
              await engine.tellAndKill(command, killMs);
            }
            kills++;
            engine = next();
            const rows = await engine.open(opened.path, model.now);
            model.restarted();
            if (life === "dies within") {
              const obeyed = model.clone();
              if (!isAs(model, rows)) model = obeyed;
              if (model === obeyed) model.apply(command, { answer: undefined, rows });
            }
            model.check(rows);
          }
        } finally {
          await engine.kill();
        }
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: true },
    );
  } finally {
    await ready.kill();
  }
  assert.ok(kills > RUNS && commands > 10 * RUNS, `${kills} kills in ${commands} commands`);
});

function isAs(model: Model, rows: Rows): boolean {
  try {
    model.check(rows);
    return true;
  } catch {
    return false;
  }
}
