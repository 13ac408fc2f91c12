import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { JOB_STATE } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, type FieldError } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { type ContinueWhen, NEVER } from "./schemas.ts";
import { insertTasks, type NewTask } from "./store.ts";
import { prepareTask, refuseDraining, submitterOf, type TaskOrder, wakeFor, withStored } from "./submit.ts";

export interface BatchOrder {
  readonly tasks: readonly TaskOrder[];
  /** A task that waits for these, as their parent, and then runs. */
  readonly then?: (TaskOrder & { readonly continueWhen: ContinueWhen }) | undefined;
}

export interface Batch {
  readonly batch_id: string;
  readonly accepted: number;
  /** In the order of the tasks. */
  readonly task_ids: string[];
  readonly parent_id: string | null;
}

/** Wrong orders that are named at once. */
const MOST_ERRORS = 100;

/** Writes all of the tasks or none, in one transaction. Throws as `submitTask` does, with the paths of all that is wrong. */
export async function submitTasks(ctx: Ctx, { tasks: orders, then }: BatchOrder): Promise<Batch> {
  requireScope(ctx, "tasks:write");
  const batchId = newId("batch");
  const now = ctx.now();
  // The parent is older than its children, so that a list shows it after them.
  const parent = then === undefined ? null : {
    ...await prepareTask(ctx, then, { at: "then.", now }),
    state: JOB_STATE.delayed,
    runAt: NEVER,
    rank: NEVER,
    childrenLeft: orders.length,
    continueWhen: then.continueWhen,
  };
  const all: NewTask[] = parent === null ? [] : [parent];
  const tasks = await withStored(ctx, all, async (inside) => {
    const tasks = await prepareAll(ctx, orders, { now, parentId: parent?.id ?? null, into: all });
    await refuseDraining(ctx, [...new Set(tasks.map(({ lane }) => lane))]);
    await inside.transact(async (tx) => {
      await insertTasks(tx, all, submitterOf(tx.actor));
      const data = { count: tasks.length, parent_id: parent?.id ?? null };
      await emit(tx, { type: "tasks.submitted", subjectId: batchId, data });
      await audit(tx, { action: "tasks.submit", subjectId: batchId, detail: data });
      wakeFor(tx, tasks);
    });
    return tasks;
  });
  return {
    batch_id: batchId,
    accepted: tasks.length,
    task_ids: tasks.map(({ id }) => id),
    parent_id: parent?.id ?? null,
  };
}

async function prepareAll(
  ctx: Ctx,
  orders: readonly TaskOrder[],
  { now, parentId, into }: { now: number; parentId: string | null; into: NewTask[] },
): Promise<NewTask[]> {
  const tasks: NewTask[] = [];
  const errors: FieldError[] = [];
  for (const [index, order] of orders.entries()) {
    try {
      const task = await prepareTask(ctx, order, { at: `tasks.${index}.`, now });
      tasks.push(parentId === null ? task : { ...task, parentId });
      into.push(...tasks.slice(-1));
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code !== "validation_failed") throw thrown;
      errors.push(...thrown.errors);
      if (errors.length >= MOST_ERRORS) break;
    }
  }
  if (errors.length === 0) return tasks;
  throw new AppError("validation_failed", "Nothing was submitted: some of the tasks are not valid", {
    errors,
  });
}
