import { ZodObject } from "zod";
import { type Ctx, type Tx, watchCommits } from "../context.ts";
import { JOB_STATE, rankOf, recentControls } from "../jobs/mod.ts";
import { type Actor, requireScope } from "../kernel/actors.ts";
import type { Lane } from "../kernel/define-job.ts";
import { type FunctionFacts, WORKER_TYPES, type WorkerType } from "../kernel/define-function.ts";
import { AppError, invalid } from "../kernel/errors.ts";
import { fieldErrorsOf } from "../kernel/issues.ts";
import { newId } from "../kernel/ids.ts";
import { jobNameOf, nearNames } from "./policy.ts";
import { newTask, type Task } from "./present.ts";
import { PRIORITIES, type Priority, TASK_LIMITS } from "./schemas.ts";
import { insertTask, type NewTask } from "./store.ts";
import { dropStored, keep } from "./stored.ts";

/** What is to be done. `args` is a list, or an object where the function takes one. */
export interface TaskOrder {
  readonly functionName: string;
  readonly args?: unknown;
  readonly workerType?: WorkerType | undefined;
  readonly priority?: Priority | undefined;
  /** Not before this, UTC milliseconds; at most a year ahead. */
  readonly runAt?: number | undefined;
  readonly delayMs?: number | undefined;
  readonly maxAttempts?: number | undefined;
}

/**
 * Writes a task down and wakes a worker of its type. Throws 422 for a function that is not there (naming the near
 * ones), for arguments that don't fit and for a time in the past or beyond a year; 403 without the function's scope;
 * 409 while its lane is drained.
 */
export async function submitTask(ctx: Ctx, order: TaskOrder): Promise<Task> {
  requireScope(ctx, "tasks:write");
  const task = await prepareTask(ctx, order);
  const submittedBy = submitterOf(ctx.actor);
  await withStored(ctx, [task], async (inside) => {
    await refuseDraining(inside, [task.lane]);
    await inside.transact(async (tx) => {
      await insertTask(tx, { ...task, submittedBy });
      wakeFor(tx, [task]);
    });
  });
  return newTask(task, submittedBy);
}

/** What these tasks keep outside of their rows goes again when `write` refuses; not when its commit may stand. */
export async function withStored<T>(
  ctx: Ctx,
  tasks: readonly Pick<NewTask, "payload">[],
  write: (ctx: Ctx) => Promise<T>,
): Promise<T> {
  const watched = watchCommits(ctx);
  try {
    return await write(watched.ctx);
  } catch (thrown) {
    if (!watched.mayBeWritten()) await dropStored(ctx, tasks.map(({ payload }) => payload));
    throw thrown;
  }
}

/** After the commit, tells the workers of these tasks' lanes: once a lane and time. */
export function wakeFor(tx: Tx, tasks: readonly Pick<NewTask, "id" | "lane" | "runAt">[]): void {
  const wakes = new Map<string, { lane: Lane; runAt: number; ids: string[] }>();
  for (const { id, lane, runAt } of tasks) {
    const key = `${lane} ${runAt}`;
    const wake = wakes.get(key);
    if (wake === undefined) wakes.set(key, { lane, runAt, ids: [id] });
    else wake.ids.push(id);
  }
  tx.afterCommit(() => {
    for (const { lane, ids, runAt } of wakes.values()) tx.ports.waker.wake(lane, ids, runAt);
  });
}

/** `kind:id`, from which the actor is found again when the task runs. */
export function submitterOf({ kind, id }: Actor): string {
  return `${kind}:${id}`;
}

/** Throws 409 for a lane that takes nothing new. Looks at most half a second back. */
export async function refuseDraining(ctx: Ctx, lanes: readonly Lane[]): Promise<void> {
  const controls = await recentControls(ctx);
  if (controls.size === 0) return;
  const drained = lanes.filter((lane) => {
    const control = controls.get(lane);
    return control !== undefined && (control.draining || control.workspaces.get(ctx.workspaceId)?.draining);
  });
  if (drained.length === 0) return;
  const detail = `No new tasks are taken while these lanes are drained: ${drained.join(", ")}`;
  throw new AppError("conflict", detail, { extra: { draining: drained, allowed: ["resume"] } });
}

/** Checks an order and makes its row. `at` leads the paths of what is wrong: `tasks.3.`. Large arguments go to a blob. */
export async function prepareTask(
  ctx: Ctx,
  order: TaskOrder,
  { at = "", now = ctx.now() }: { readonly at?: string; readonly now?: number } = {},
): Promise<NewTask> {
  const { facts, workerType, args } = checkOrder(ctx, order, at);
  const id = newId("task");
  const priority = PRIORITIES[order.priority ?? "NORMAL"];
  const runAt = startOf(order, { now, at });
  return {
    id,
    lane: WORKER_TYPES[workerType],
    name: jobNameOf(facts.name),
    state: runAt > now ? JOB_STATE.delayed : JOB_STATE.ready,
    priority,
    runAt,
    rank: rankOf(runAt, priority),
    maxAttempts: order.maxAttempts ?? facts.attempts,
    payload: await keepArgs(ctx, id, args),
    createdAt: now,
    parentId: null,
    childrenLeft: null,
    continueWhen: null,
  };
}

/** The arguments as the row keeps them. */
export async function keepArgs(ctx: Ctx, id: string, args: unknown) {
  return await keep(args, {
    blobs: () => ctx.ports.blobs,
    key: () => `${ctx.workspaceId}/tasks/${id}/args-${newId("blob")}`,
    maxBytes: TASK_LIMITS.args,
    what: "args",
  });
}

/** Throws 422 and 403 as `submitTask` does, for an order that may be submitted later. */
export function checkOrder(
  ctx: Ctx,
  order: Pick<TaskOrder, "functionName" | "workerType" | "args">,
  at = "",
): { facts: FunctionFacts; workerType: WorkerType; args: unknown } {
  const facts = findFunction(ctx, order.functionName, `${at}function_name`);
  if (facts.scope !== null) requireScope(ctx, facts.scope);
  const workerType = order.workerType ?? facts.workerType;
  if (!facts.workerTypes.includes(workerType)) {
    const allowed = facts.workerTypes.join(", ");
    throw invalid(`${at}worker_type`, `"${facts.name}" runs on ${allowed}, not on ${workerType}`);
  }
  const args = formOf(facts, order.args);
  checkArgs(facts, args, `${at}args`);
  return { facts, workerType, args };
}

/** A function that takes an object may be given it alone, in a list, or not at all. */
export function formOf({ args: schema }: FunctionFacts, args: unknown): unknown {
  if (!(schema instanceof ZodObject)) return args ?? [];
  return Array.isArray(args) && args.length < 2 ? args[0] ?? {} : args ?? {};
}

/** Throws 422 that lists near names. */
export function findFunction(ctx: Ctx, name: string, path: string): FunctionFacts {
  const facts = ctx.ports.functions.find(name);
  if (facts !== undefined) return facts;
  const near = nearNames(name, ctx.ports.functions.all.map((one) => one.name));
  const hint = near.length === 0
    ? "GET /api/high-scale-tasks/functions lists them"
    : `did you mean ${near.join(", ")}?`;
  const message = `there is no function "${name}"; ${hint}`;
  throw new AppError("validation_failed", message, {
    errors: [{ path, message }],
    extra: { near_names: near },
  });
}

/** Throws 422 with the path of everything that does not fit. */
export function checkArgs(facts: FunctionFacts, args: unknown, path: string): void {
  const parsed = facts.args.safeParse(args);
  if (parsed.success) return;
  const errors = fieldErrorsOf(parsed.error, [path]);
  throw new AppError("validation_failed", `The arguments do not fit "${facts.name}"`, { errors });
}

function startOf(
  { runAt, delayMs = 0 }: TaskOrder,
  { now, at }: { now: number; at: string },
): number {
  const start = runAt ?? now + delayMs;
  const path = `${at}${runAt === undefined ? "delay_ms" : "run_at"}`;
  if (start < now) throw invalid(path, "is in the past");
  if (start > now + TASK_LIMITS.delayMs) throw invalid(path, "is more than a year ahead");
  return start;
}
