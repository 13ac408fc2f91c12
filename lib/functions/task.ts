import { z } from "zod";
import { defineFunction, type TaskFunction } from "../kernel/define-function.ts";

const outcome = z.object({
  task_id: z.string(),
  function_name: z.string(),
  state: z.string(),
  result: z.unknown(),
  error: z.string().nullable(),
});

/** Of what tasks are made of themselves. */
export const taskFunctions: readonly TaskFunction<unknown>[] = [
  defineFunction({
    name: "task.collect",
    summary: "What became of the tasks that this one waited for, in their order",
    workerType: "GENERAL_PURPOSE",
    args: z.tuple([]),
    result: z.array(outcome),
    examples: [{ args: [] }],
    run: async (_args, { children }) => [...await children()],
  }),
];
