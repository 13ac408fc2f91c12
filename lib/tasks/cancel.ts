import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { wakeParents } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { functionNameOf, taskStateOf } from "./policy.ts";
import { type Task, toTask } from "./present.ts";
import { cancelBelow, cancelOne, selectTask } from "./store.ts";

/**
 * Ends a task that has not ended, and everything below it. A run under way gets its abort signal within a second and
 * can't write anything any more. Throws 404, and 409 when it has ended.
 */
export async function cancelTask(ctx: Ctx, { id }: { id: string }): Promise<Task> {
  requireScope(ctx, "tasks:write");
  return await ctx.transact(async (tx) => {
    const row = await selectTask(tx, id);
    if (row === null) throw notFound("task", id);
    if (!await cancelOne(tx, id)) {
      throw new AppError(
        "conflict",
        `The task is ${taskStateOf(row)}: it has ended, so it can't be cancelled`,
      );
    }
    const data = { name: functionNameOf(row.name), children: await cancelBelow(tx, id) };
    await emit(tx, { type: "task.cancelled", subjectId: id, data });
    await audit(tx, { action: "task.cancel", subjectId: id, detail: data });
    await wakeParents(tx, [row]);
    return toTask(await selectTask(tx, id) ?? row);
  });
}
