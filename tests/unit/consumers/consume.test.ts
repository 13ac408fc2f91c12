import assert from "node:assert/strict";
import { audit, listAudit } from "../../../lib/audit/mod.ts";
import { type Consumer, drainConsumers, eventsRetry, retryEvent } from "../../../lib/consumers/mod.ts";
import { emit } from "../../../lib/events/mod.ts";
import { claim, createRegistry, execute, handler, sweep } from "../../../lib/jobs/mod.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { HOUR } from "../../../lib/kernel/clock.ts";
import { oncePerTransaction } from "../../../lib/context.ts";
import { createPump } from "../../../workers/pump.ts";
import { openWork, type Work } from "../../support/work.ts";

async function say(work: Work, ...subjects: string[]): Promise<void> {
  for (const subjectId of subjects) {
    await work.ctx.transact((tx) => emit(tx, { type: "test.happened", subjectId }));
  }
}

/** Writes an audit entry for each event; throws `fault()` for those in `failing`. */
function writer(failing: ReadonlySet<string>, fault: () => unknown = () => new Error("cannot")): Consumer {
  return {
    name: "writer",
    handle: async (tx, event) => {
      await audit(tx, { action: "test.handled", subjectId: event.subjectId });
      if (failing.has(event.subjectId)) throw fault();
    },
  };
}

async function handled(work: Work): Promise<(string | null)[]> {
  return (await listAudit(work.ctx, { limit: 200 })).data.map(({ subjectId }) => subjectId).toReversed();
}

async function runJobs(work: Work, consumers: readonly Consumer[]): Promise<string[]> {
  const registry = createRegistry([
    handler(eventsRetry, async (ctx, payload) => await retryEvent(ctx, { ...payload, consumers })),
  ]);
  work.clock.advance(HOUR);
  await sweep(work.system);
  const jobs = await claim(work.system, { lane: "default", limit: 10, worker: "test" });
  const signal = new AbortController().signal;
  return await Promise.all(
    jobs.map(async (job) => (await execute(work.system, { job, registry, signal })).kind),
  );
}

Deno.test("an event that a consumer fails on is set aside as a job, and the others are handled once", async () => {
  await using work = await openWork();
  const subjects = Array.from({ length: 120 }, (_, at) => `s${at}`);
  await say(work, ...subjects);
  const failing = new Set(["s70"]);
  const consumers = [writer(failing)];
  await drainConsumers(work.system, consumers);
  const others = subjects.filter((subject) => subject !== "s70");
  assert.deepEqual(await handled(work), others);

  assert.deepEqual(await runJobs(work, consumers), ["retry"]);
  failing.clear();
  assert.deepEqual(await runJobs(work, consumers), ["done"]);
  assert.deepEqual(await handled(work), [...others, "s70"]);
  assert.deepEqual(await runJobs(work, consumers), []);
  assert.equal(await drainConsumers(work.system, consumers), 0);
});

Deno.test("a consumer waits while the store is full and sets nothing aside", async () => {
  await using work = await openWork();
  await say(work, "a", "b");
  const full = new Set(["b"]);
  const consumers = [writer(full, () => new AppError("storage_full", "The disk is full"))];
  await assert.rejects(drainConsumers(work.system, consumers), { code: "storage_full" });
  full.clear();
  await drainConsumers(work.system, consumers);
  assert.deepEqual(await handled(work), ["a", "b"]);
  assert.deepEqual(await runJobs(work, consumers), []);
});

/** Notes what it is given. */
function noting(name: string, fails: ReadonlySet<string> = new Set()) {
  const seen: string[] = [];
  const handle: Consumer["handle"] = async (tx, { subjectId }) => {
    if (fails.has(subjectId)) throw new Error("cannot");
    await audit(tx, { action: `test.${name}`, subjectId });
    tx.afterCommit(() => seen.push(subjectId));
  };
  return { seen, consumer: { name, handle } };
}

Deno.test("consumers that have read equally far go on in one commit, and a new one catches up with them first", async () => {
  await using work = await openWork();
  const [a, b, late] = [noting("a"), noting("b"), noting("late")];
  const first = Array.from({ length: 60 }, (_, at) => `s${at}`);
  await say(work, ...first);
  await drainConsumers(work.system, [a.consumer, b.consumer]);
  await say(work, "then");
  await drainConsumers(work.system, [a.consumer, b.consumer, late.consumer]);
  for (const { seen } of [a, b, late]) assert.deepEqual(seen, [...first, "then"]);
  await say(work, "last");
  // Only a file of one's own counts its commits; over the owner's endpoint there is nothing to ask.
  const commits = () => work.opened.database.stats?.().members ?? null;
  const before = commits();
  assert.equal(await drainConsumers(work.system, [a.consumer, b.consumer, late.consumer]), 3);
  assert.equal(commits(), before === null ? null : before + 1);
  for (const { seen } of [a, b, late]) assert.equal(seen.at(-1), "last");
});

Deno.test("an event that one consumer fails on reaches the others, each once", async () => {
  await using work = await openWork();
  const subjects = Array.from({ length: 40 }, (_, at) => `s${at}`);
  const [whole, failing] = [noting("whole"), noting("failing", new Set(["s7"]))];
  await say(work, ...subjects);
  await drainConsumers(work.system, [whole.consumer, failing.consumer]);
  assert.deepEqual(whole.seen, subjects);
  assert.deepEqual(failing.seen, subjects.filter((subject) => subject !== "s7"));
  const entries = await handled(work);
  assert.equal(entries.length, whole.seen.length + failing.seen.length);
  assert.equal(await drainConsumers(work.system, [whole.consumer, failing.consumer]), 0);
});

Deno.test("what is read once a transaction is read anew in the next one, and for each argument and workspace", async () => {
  await using work = await openWork();
  const reads: string[] = [];
  const read = oncePerTransaction((tx, about) => {
    reads.push(`${tx.workspaceId} ${about}`);
    return Promise.resolve(reads.length);
  });
  const twice = () =>
    work.ctx.transact(async (tx) => {
      const other = tx.as({ workspaceId: "wsp_other" });
      return [await read(tx, "x"), await read(tx, "x"), await read(tx, "y"), await read(other, "x")];
    });
  assert.deepEqual(await twice(), [1, 1, 2, 3]);
  assert.deepEqual(await twice(), [4, 4, 5, 6]);
  assert.deepEqual(reads.slice(0, 3), ["wsp_test x", "wsp_test y", "wsp_other x"]);
});

Deno.test("the pump hands over what is committed soon after, and stops in order", async () => {
  await using work = await openWork();
  const seen = Promise.withResolvers<void>();
  const subjects: string[] = [];
  const handle: Consumer["handle"] = (_, event) => {
    subjects.push(event.subjectId);
    if (subjects.length === 2) seen.resolve();
    return Promise.resolve();
  };
  const pump = createPump({ context: work.system, consumers: [{ name: "seen", handle }], pollMs: 60_000 });
  await say(work, "before");
  pump.start();
  await say(work, "after");
  await seen.promise;
  await pump.stop();
  assert.deepEqual(subjects, ["before", "after"]);
});
