import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { defineJob } from "../../../lib/kernel/define-job.ts";
import {
  acknowledge,
  claim,
  type ClaimedJob,
  enqueue,
  getJob,
  heartbeat,
  JOB_STATE,
  type JobState,
  LEASE_MS,
  listJobs,
  MAX_LOST_LEASES,
  settle,
  sweep,
} from "../../../lib/jobs/mod.ts";
import { openWork, type Work } from "../../support/work.ts";

const job = defineJob({ name: "model.job", schema: z.object({}), lane: "default", attempts: 3 });

/** What a job should be, said as simply as possible. */
interface Expected {
  state: JobState;
  runAt: number;
  /** Its place in the lane is by when it was due first. */
  rankedAt: number;
  readonly priority: number;
  attempts: number;
  lease: number;
  /** The one run that may write. */
  holder: ClaimedJob | null;
  timesDone: number;
}

type Step =
  | { readonly do: "enqueue"; readonly delay: number; readonly priority: number }
  | { readonly do: "claim"; readonly limit: number }
  | { readonly do: "ack"; readonly run: number }
  | { readonly do: "bury"; readonly run: number }
  | { readonly do: "beat"; readonly run: number }
  | { readonly do: "retry"; readonly run: number; readonly delay: number; readonly burnt: boolean }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "sweep" };

const run = fc.nat(200);
const delay = fc.constantFrom(0, 0, 1, 5_000, 60_000);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("enqueue" as const),
      delay,
      priority: fc.integer({ min: -1, max: 3 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("claim" as const), limit: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom("ack" as const, "bury" as const, "beat" as const), run }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("retry" as const), run, delay, burnt: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.constantFrom(1, 4_000, LEASE_MS + 1, 60_000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("sweep" as const) }) },
);

class Model {
  readonly jobs = new Map<string, Expected>();
  /** Every claim that ever was, stale ones too. */
  readonly runs: ClaimedJob[] = [];
  constructor(readonly work: Work) {}

  get now(): number {
    return this.work.clock.now();
  }

  of(id: string): Expected {
    const expected = this.jobs.get(id);
    assert.ok(expected, `an unknown job ${id}`);
    return expected;
  }

  rank({ rankedAt, priority }: Expected): number {
    return rankedAt - priority * 60_000;
  }

  async apply(step: Step): Promise<void> {
    const { system } = this.work;
    switch (step.do) {
      case "enqueue": {
        const { delay, priority } = step;
        const id = await this.work.ctx.transact((tx) => enqueue(tx, job, {}, { delayMs: delay, priority }));
        const state = delay > 0 ? JOB_STATE.delayed : JOB_STATE.ready;
        this.jobs.set(id, {
          state,
          runAt: this.now + delay,
          rankedAt: this.now + delay,
          priority,
          attempts: 0,
          lease: 0,
          holder: null,
          timesDone: 0,
        });
        return;
      }
      case "claim":
        return await this.claim(step.limit);
      case "wait":
        return this.work.clock.advance(step.ms);
      case "sweep":
        await sweep(system);
        for (const [id, expected] of this.jobs) {
          if (this.swept(expected)) expected.runAt = await this.spread(id, expected);
        }
        return;
    }
    const claimed = this.runs[step.run % Math.max(1, this.runs.length)];
    if (claimed === undefined) return;
    const expected = this.of(claimed.id);
    const holds = expected.holder === claimed;
    if (step.do === "beat") {
      assert.deepEqual(await heartbeat(system, { worker: "w", runs: [claimed] }), holds ? [] : [claimed.id]);
      if (holds) expected.lease = this.now + LEASE_MS;
    } else if (step.do === "ack") {
      assert.equal(await acknowledge(system, claimed), holds);
      if (holds) this.end(expected, JOB_STATE.done);
    } else if (step.do === "bury") {
      assert.equal(await settle(system, { job: claimed, outcome: { kind: "dead", error: "x" } }), holds);
      if (holds) this.end(expected, JOB_STATE.dead);
    } else {
      const outcome = { kind: "retry", delayMs: step.delay, burnt: step.burnt, error: "x" } as const;
      assert.equal(await settle(system, { job: claimed, outcome }), holds);
      if (!holds) return;
      this.end(expected, step.delay > 0 ? JOB_STATE.delayed : JOB_STATE.ready);
      expected.runAt = expected.rankedAt = this.now + step.delay;
      if (!step.burnt) expected.attempts--;
    }
  }

  async claim(limit: number): Promise<void> {
    const ready = [...this.jobs.values()].filter(({ state }) => state === JOB_STATE.ready);
    const best = ready.map((expected) => this.rank(expected)).sort((a, b) => a - b).slice(0, limit);
    const claimed = await claim(this.work.system, { lane: "default", limit, worker: "w" });
    assert.deepEqual(claimed.map(({ rank }) => rank), best, "the lowest ranks, in order");
    for (const one of claimed) {
      const expected = this.of(one.id);
      assert.equal(expected.state, JOB_STATE.ready, "only a ready job is claimed");
      expected.state = JOB_STATE.leased;
      expected.attempts++;
      expected.lease = this.now + LEASE_MS;
      expected.holder = one;
      assert.equal(one.attempts, expected.attempts);
      this.runs.push(one);
    }
  }

  end(expected: Expected, state: JobState): void {
    expected.state = state;
    expected.holder = null;
    if (state === JOB_STATE.done) expected.timesDone++;
  }

  /** True: it waits for a time that chance gave it. */
  swept(expected: Expected): boolean {
    if (expected.state === JOB_STATE.delayed && expected.runAt <= this.now) expected.state = JOB_STATE.ready;
    if (expected.state !== JOB_STATE.leased || expected.lease >= this.now) return false;
    const dead = expected.attempts >= MAX_LOST_LEASES;
    const spread = !dead && expected.attempts > 1;
    this.end(expected, dead ? JOB_STATE.dead : spread ? JOB_STATE.delayed : JOB_STATE.ready);
    return spread;
  }

  async spread(id: string, { attempts }: Expected): Promise<number> {
    const { runAt } = await getJob(this.work.ctx, { id });
    assert.ok(runAt >= this.now && runAt < this.now + 2000 * (attempts - 1), "within its spread");
    return runAt;
  }

  async check(): Promise<void> {
    const rows = (await listJobs(this.work.ctx, { limit: 200 })).data;
    assert.equal(rows.length, this.jobs.size, "no job is lost, none is made up");
    for (const row of rows) {
      const { state, attempts, runAt, timesDone } = this.of(row.id);
      assert.deepEqual([row.state, row.attempts, row.runAt], [state, attempts, runAt], row.id);
      assert.ok(timesDone <= 1, "no job is done twice");
    }
  }
}

/** More, and a seed that failed once more: MODEL_RUNS, MODEL_SEED. */
const RUNS = Number(Deno.env.get("MODEL_RUNS") ?? "50");
const SEED = Number(Deno.env.get("MODEL_SEED") ?? String(Math.floor(Math.random() * 2 ** 31)));

Deno.test(`whatever the order of claims, ends, lost leases and sweeps, jobs are as the simple model says (MODEL_SEED=${SEED})`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 70 }), async (steps) => {
      await using work = await openWork();
      const model = new Model(work);
      for (const one of steps) await model.apply(one);
      await model.check();
    }),
    { numRuns: RUNS, seed: SEED },
  );
});
