import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { actorFrom } from "../identity/mod.ts";
import { type JobCtx, JobResult } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import type { ChildOutcome, PureFunction, TaskFunction } from "../kernel/define-function.ts";
import { AppError, messageOf } from "../kernel/errors.ts";
import { Impossible } from "../kernel/retry.ts";
import { functionNameOf, taskStateOf } from "./policy.ts";
import { createProgress, type ProgressWriter } from "./progress.ts";
import { TASK_LIMITS } from "./schemas.ts";
import { cancelBelow, keepResult, selectChildren } from "./store.ts";
import { asStored, keep, keepJson, load, type Stored } from "./stored.ts";

export interface TaskRun {
  readonly fn: TaskFunction<Ctx>;
  readonly payload: unknown;
}

/**
 * Runs a task's function to its end. Its result, its end and its event are written in one commit, and not at all by a
 * run whose lease was lost.
 */
export async function runTask(ctx: JobCtx, { fn, payload }: TaskRun): Promise<JobResult> {
  // What a parent need not wait for any more ends with its waiting.
  if (ctx.job.parent) await ctx.transact((tx) => cancelBelow(tx, ctx.job.id));
  const stored = asStored(payload);
  const args = stored === null ? [] : await load(ctx, stored);
  const progress = createProgress(ctx, fn.name);
  try {
    const keeping = {
      blobs: () => ctx.ports.blobs,
      key: () => `${ctx.workspaceId}/tasks/${ctx.job.id}/result-${ctx.job.fence}`,
      maxBytes: TASK_LIMITS.result,
      what: "The result",
    };
    const json = await runApart(ctx, { fn, args, progress });
    if (json !== null) return doneWith(fn, await keepJson(json, keeping));
    if (fn.pure) return doneWith(fn, await keep(await callPure(fn, args, progress), keeping));
    const acting = await createActing(ctx, fn);
    const value = await acting.run(() =>
      fn.run(args, {
        ctx: acting.ctx,
        signal: ctx.signal,
        taskId: ctx.job.id,
        children: () => childrenOf(ctx),
        progress: progress.tell,
      })
    );
    const result = await keep(value, keeping);
    if (acting.ended()) await keepResult(ctx, { ...ctx.job, result });
    return doneWith(fn, result);
  } finally {
    await progress.end();
  }
}

interface Call {
  readonly fn: TaskFunction<Ctx>;
  readonly args: unknown;
  readonly progress: ProgressWriter;
}

/** Lanes, and kinds of functions, that never run on the event loop of a process that serves others. */
const APART: ReadonlySet<string> = new Set(["cpu", "memory", "CPU_INTENSIVE", "MEMORY_INTENSIVE"]);

/** The result's JSON; null: the function runs in place. */
async function runApart(ctx: JobCtx, { fn, args, progress }: Call): Promise<string | null> {
  const { isolation } = ctx.ports;
  const { lane } = ctx.job;
  if (isolation === null || !fn.pure || !(APART.has(lane) || APART.has(fn.workerType))) return null;
  const { signal } = ctx;
  return await isolation.run({ name: fn.name, args, lane, signal, progress: progress.tell });
}

function doneWith(fn: TaskFunction<Ctx>, result: Stored): JobResult {
  return new JobResult(result, { type: "task.done", data: { name: fn.name } });
}

/** What only computes would fail again: no attempt can mend it. */
async function callPure(fn: PureFunction, args: unknown, progress: ProgressWriter): Promise<unknown> {
  try {
    return await fn.run(args, { progress: progress.tell });
  } catch (thrown) {
    throw thrown instanceof AppError ? thrown : new Impossible(messageOf(thrown));
  }
}

/**
 * A context of who submitted the task, with the scopes that it has now (403 when they are not enough any more). The
 * first thing that the function writes ends the task in the same commit, unless that is only a record: whatever
 * happens after it, that is written once, and never by a run that has lost its lease.
 */
async function createActing(ctx: JobCtx, fn: TaskFunction<Ctx>) {
  const actor = await actorFrom(ctx, ctx.job.submittedBy ?? "");
  if (fn.scope !== null) requireScope({ actor }, fn.scope);
  let ended = false;
  const within = async (tx: Tx) => {
    if (ended) return;
    await ctx.finish(tx);
    await emit(tx, { type: "task.done", subjectId: ctx.job.id, data: { name: fn.name } });
    tx.afterCommit(() => ended = true);
  };
  return {
    ctx: ctx.as({ actor, ...(fn.endsBy === "first_write" ? { within } : {}) }),
    ended: () => ended,
    /** What goes wrong after the end is told with the task, which stays done. */
    async run<T>(call: () => Promise<T>): Promise<T> {
      try {
        return await call();
      } catch (thrown) {
        if (ended) await keepResult(ctx, { ...ctx.job, error: messageOf(thrown).slice(0, 1000) });
        throw thrown;
      }
    },
  };
}

const PAGE = 500;

async function childrenOf(ctx: JobCtx): Promise<ChildOutcome[]> {
  const all: ChildOutcome[] = [];
  for (let after = "", more = true; more;) {
    const rows = await selectChildren(ctx, { parentId: ctx.job.id, after, limit: PAGE });
    for (const row of rows) {
      const stored = asStored(row.result);
      all.push({
        task_id: row.id,
        function_name: functionNameOf(row.name),
        state: taskStateOf(row),
        result: stored === null ? null : await load(ctx, stored),
        error: row.lastError,
      });
    }
    after = rows.at(-1)?.id ?? after;
    more = rows.length === PAGE;
  }
  return all;
}
