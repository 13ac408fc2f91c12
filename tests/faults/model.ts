import assert from "node:assert/strict";
import { type ClaimedJob, JOB_STATE, LEASE_MS, MAX_LOST_LEASES, SILENT_MS } from "../../lib/jobs/mod.ts";
import type { Command, Rows } from "../support/model-commands.ts";

/** A job as it should be, said as simply as possible. */
interface Expected {
  isTask: boolean;
  state: number;
  attempts: number;
  runAt: number;
  /** Its place in the lane is by when it was due first. */
  rank: number;
  priority: number;
  lease: number;
  worker: string | null;
  fence: number;
}

interface Watched {
  /** Raised by each beat. */
  beats: number;
  /** What the watch saw at its last look; null: it never looked at it. */
  seen: number | null;
  silentMs: number;
}

/** What the engine should hold, kept in memory by the plainest code that says it. */
export class Model {
  now: number;
  jobs = new Map<string, Expected>();
  /** Every claim that was answered, stale ones too. */
  runs: ClaimedJob[] = [];
  workers = new Map<string, Watched>();
  paused = false;
  schedule: { everyMs: number; nextAt: number } | null = null;
  ticks: { outcome: string; count: number; dueAt: number; taskId: string | null }[] = [];
  #looked = false;

  constructor(now: number) {
    this.now = now;
  }

  clone(): Model {
    return Object.assign(
      new Model(this.now),
      structuredClone({
        jobs: this.jobs,
        runs: this.runs,
        workers: this.workers,
        paused: this.paused,
        schedule: this.schedule,
        ticks: this.ticks,
      }),
    );
  }

  /** The process that watched is gone, and all that it had seen. */
  restarted(): void {
    this.#looked = false;
    for (const worker of this.workers.values()) Object.assign(worker, { seen: null, silentMs: 0 });
  }

  ids(states: readonly number[], isTask = false): string[] {
    return [...this.jobs].filter(([, job]) => job.isTask === isTask && states.includes(job.state)).map((
      [id],
    ) => id);
  }

  /** What the command changes. `answer`: what the engine said; undefined: it was killed before it could say so. */
  apply(command: Command, { answer, rows }: { answer: unknown; rows: Rows }): void {
    const known = answer !== undefined;
    switch (command.do) {
      case "submit": {
        const [id = "", ...more] = rows.jobs.filter((row) => !this.jobs.has(row.id)).map((row) => row.id);
        assert.deepEqual(more, [], "one job more");
        if (known) assert.equal(answer, id);
        const runAt = this.now + command.delay;
        const state = command.delay > 0 ? JOB_STATE.delayed : JOB_STATE.ready;
        const { priority } = command;
        this.jobs.set(id, this.#fresh({ state, runAt, priority, rank: runAt - priority * 60_000 }));
        return;
      }
      case "claim":
        return this.#claim(command, known ? asRuns(answer) : null, rows);
      case "beat": {
        const { beats = 0, seen = null, silentMs = 0 } = this.workers.get(command.worker) ?? {};
        this.workers.set(command.worker, { beats: beats + 1, seen, silentMs });
        const held = (run: ClaimedJob) => this.#holds(run) && this.#of(run.id).worker === command.worker;
        for (const { id } of command.runs.filter(held)) this.#of(id).lease = this.now + LEASE_MS;
        const lost = command.runs.filter((run) => !held(run)).map(({ id }) => id);
        if (known) assert.deepEqual(answer, lost);
        return;
      }
      case "ack": {
        const held = command.runs.filter((run) => this.#holds(run));
        const lost = command.runs.filter((run) => !this.#holds(run)).map(({ id }) => id);
        for (const { id } of held) this.#end(id, JOB_STATE.done);
        if (known) assert.deepEqual([...asIds(answer)].sort(), [...new Set(lost)].sort());
        return;
      }
      case "fail": {
        if (known) assert.equal(answer, this.#holds(command.run));
        if (!this.#holds(command.run)) return;
        const job = this.#of(command.run.id);
        this.#end(command.run.id, command.delay > 0 ? JOB_STATE.delayed : JOB_STATE.ready);
        job.fence++;
        job.runAt = this.now + command.delay;
        job.rank = job.runAt - job.priority * 60_000;
        if (!command.burnt) job.attempts--;
        return;
      }
      case "bury":
        if (known) assert.equal(answer, this.#holds(command.run));
        if (this.#holds(command.run)) this.#end(command.run.id, JOB_STATE.dead);
        return;
      case "cancel":
        this.#of(command.id).fence++;
        return this.#end(command.id, JOB_STATE.cancelled);
      case "redrive": {
        const job = this.#of(command.id);
        const runAt = this.now;
        Object.assign(job, {
          state: JOB_STATE.ready,
          attempts: 0,
          runAt,
          rank: runAt - job.priority * 60_000,
        });
        job.fence++;
        return;
      }
      case "pause":
        this.paused = command.paused;
        return;
      case "schedule":
        this.schedule = { everyMs: command.everyMs, nextAt: this.now + command.everyMs };
        return;
      case "tick":
        return this.#tick(rows);
      case "sweep":
        return this.#sweep(rows);
      case "look":
        return this.#look(command.ms, known ? asIds(answer) : null, rows);
      case "wait":
        this.now += command.ms;
    }
  }

  /** Every row and every counter is as the model has it. */
  check(rows: Rows): void {
    const jobs = [...this.jobs].map(([id, { rank: _rank, priority: _priority, ...job }]) => ({ id, ...job }))
      .sort((a, b) => a.id < b.id ? -1 : 1);
    assert.deepEqual(rows.jobs, jobs);
    assert.deepEqual(rows.ticks, this.ticks);
    const workers = [...this.workers].map(([id, { beats }]) => [id, beats] as const);
    assert.deepEqual(rows.workers, Object.fromEntries(workers));
    assert.deepEqual([rows.paused, rows.nextAt], [this.paused, this.schedule?.nextAt ?? null]);
    const count = (state: number, isTask?: boolean) =>
      jobs.filter((job) => job.state === state && (isTask === undefined || job.isTask === isTask)).length;
    const { ready, ...others } = rows.counters;
    assert.deepEqual(others, {
      delayed: count(JOB_STATE.delayed),
      running: count(JOB_STATE.leased),
      dead: count(JOB_STATE.dead),
    });
    assert.deepEqual([ready["default"], ready["cpu"]], [
      count(JOB_STATE.ready, false),
      count(JOB_STATE.ready, true),
    ]);
  }

  #fresh(given: Pick<Expected, "state" | "runAt" | "priority" | "rank">): Expected {
    return { isTask: false, attempts: 0, lease: 0, worker: null, fence: 0, ...given };
  }

  #of(id: string): Expected {
    const job = this.jobs.get(id);
    assert.ok(job, `an unknown job ${id}`);
    return job;
  }

  #holds({ id, fence }: Pick<ClaimedJob, "id" | "fence">): boolean {
    const job = this.#of(id);
    return job.state === JOB_STATE.leased && job.fence === fence;
  }

  #end(id: string, state: number): void {
    Object.assign(this.#of(id), { state, worker: null, lease: 0 });
  }

  #claim(
    { worker, limit }: { worker: string; limit: number },
    answer: ClaimedJob[] | null,
    rows: Rows,
  ): void {
    const ready = this.ids([JOB_STATE.ready]);
    const now = new Map(rows.jobs.map((row) => [row.id, row]));
    const taken = answer?.map(({ id }) => id) ??
      ready.filter((id) => now.get(id)?.state === JOB_STATE.leased);
    const best = this.paused
      ? []
      : ready.map((id) => this.#of(id).rank).sort((a, b) => a - b).slice(0, limit);
    assert.deepEqual(taken.map((id) => this.#of(id).rank).sort((a, b) => a - b), best, "the lowest ranks");
    for (const id of taken) {
      const job = this.#of(id);
      assert.equal(job.state, JOB_STATE.ready, "only what is ready is claimed");
      Object.assign(job, { state: JOB_STATE.leased, worker, lease: this.now + LEASE_MS });
      job.attempts++;
      job.fence++;
    }
    this.runs.push(...answer ?? []);
  }

  /** Its run was lost with its process: dead, ready, or to wait for a time that chance gave it. */
  #lose(id: string, rows: Rows): void {
    const job = this.#of(id);
    const dead = job.attempts >= MAX_LOST_LEASES;
    const spread = !dead && job.attempts > 1;
    this.#end(id, dead ? JOB_STATE.dead : spread ? JOB_STATE.delayed : JOB_STATE.ready);
    job.fence++;
    if (!spread) return;
    const runAt = rows.jobs.find((row) => row.id === id)?.runAt ?? 0;
    assert.ok(runAt >= this.now && runAt < this.now + 2000 * (job.attempts - 1), "within its spread");
    job.runAt = runAt;
  }

  #sweep(rows: Rows): void {
    for (const [id, job] of this.jobs) {
      if (job.state === JOB_STATE.delayed && job.runAt <= this.now) job.state = JOB_STATE.ready;
      else if (job.state === JOB_STATE.leased && job.lease < this.now) this.#lose(id, rows);
    }
  }

  #look(ms: number, answer: readonly string[] | null, rows: Rows): void {
    const passed = this.#looked ? Math.min(ms, 1500) : 0;
    this.#looked = true;
    const lost: string[] = [];
    for (const [name, worker] of this.workers) {
      worker.silentMs = worker.seen === worker.beats ? worker.silentMs + passed : 0;
      worker.seen = worker.beats;
      if (worker.silentMs < SILENT_MS) continue;
      lost.push(name);
      this.workers.delete(name);
      for (const [id, job] of this.jobs) {
        if (job.state === JOB_STATE.leased && job.worker === name) this.#lose(id, rows);
      }
    }
    if (answer !== null) assert.deepEqual([...answer].sort(), lost.sort());
  }

  /** One tick makes up for all that were missed, in place of what an earlier one submitted. */
  #tick(rows: Rows): void {
    if (this.schedule === null || this.schedule.nextAt > this.now) return;
    const { everyMs, nextAt } = this.schedule;
    const due = Math.floor((this.now - nextAt) / everyMs) + 1;
    const last = nextAt + (due - 1) * everyMs;
    // They are counted up to a thousand.
    const count = Math.min(due, 1000) - 1;
    if (count > 0) this.ticks.push({ outcome: "missed", count, dueAt: last - everyMs, taskId: null });
    for (const id of this.ids([0, 1, 2], true)) {
      this.#of(id).fence++;
      this.#end(id, JOB_STATE.cancelled);
    }
    const [id = "", ...more] = rows.jobs.filter((row) => row.isTask && !this.jobs.has(row.id)).map((row) =>
      row.id
    );
    assert.deepEqual(more, [], "a tick submits one task");
    const at = { state: JOB_STATE.ready, runAt: this.now, priority: 0, rank: this.now };
    this.jobs.set(id, { ...this.#fresh(at), isTask: true });
    this.ticks.push({ outcome: "submitted", count: 1, dueAt: last, taskId: id });
    this.schedule.nextAt = last + everyMs;
  }
}

/** The engine's answer to a claim came as JSON of its own type. */
function asRuns(answer: unknown): ClaimedJob[] {
  assert.ok(Array.isArray(answer));
  return answer;
}

function asIds(answer: unknown): string[] {
  assert.ok(Array.isArray(answer));
  return answer.map(String);
}
