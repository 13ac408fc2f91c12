import { z } from "zod";
import type { Ctx } from "../context.ts";
import { WORKER_TYPE_NAMES } from "../kernel/define-function.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { page } from "../kernel/tool-shapes.ts";
import { cancelTask } from "./cancel.ts";
import { controlTasks, laneStatus } from "./control.ts";
import { discardDeadTask, listDeadTasks, redriveDeadTasks, retryDeadTask } from "./dead.ts";
import { getTask, listFunctions, listTasks } from "./read.ts";
import { CONTROL_ACTIONS, PRIORITY_NAMES, TASK_LIMITS, TASK_STATES } from "./schemas.ts";
import { submitTask } from "./submit.ts";

const taskOut = z.looseObject({ task_id: z.string(), state: z.string(), function_name: z.string() });
const pageOut = z.object({ data: z.array(taskOut), next_cursor: z.string().nullable() });
const lanesOut = z.object({ lanes: z.array(z.looseObject({ worker_type: z.string(), lane: z.string() })) });
const one = z.object({ id: z.string().min(1).describe("The task's id") });
const functionName = z.string().min(1).max(120).describe("What tasks functions lists");
const workerType = z.enum(WORKER_TYPE_NAMES).optional();

export const taskTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "tasks.submit",
    summary: "Submit a task: a function with its arguments",
    scope: "tasks:write",
    destructive: false,
    input: z.object({
      function_name: functionName,
      args: z.json().optional().describe("As JSON: a list, or an object where the function takes one"),
      worker_type: workerType,
      priority: z.enum(PRIORITY_NAMES).optional(),
      delay_ms: z.int().min(0).optional(),
      max_attempts: z.int().min(1).max(TASK_LIMITS.attempts).optional(),
    }),
    output: taskOut,
    run: async (ctx: Ctx, input) => ({
      ...await submitTask(ctx, {
        functionName: input.function_name,
        args: input.args,
        workerType: input.worker_type,
        priority: input.priority,
        delayMs: input.delay_ms,
        maxAttempts: input.max_attempts,
      }),
    }),
  }),
  defineTool({
    name: "tasks.list",
    summary: "List tasks, newest first",
    scope: "tasks:read",
    destructive: false,
    input: z.object({
      ...page.shape,
      state: z.enum(TASK_STATES).optional(),
      function_name: functionName.optional(),
      worker_type: workerType,
    }),
    output: pageOut,
    run: async (ctx: Ctx, { function_name: functionName, worker_type: workerType, ...query }) => {
      const { data, next_cursor } = await listTasks(ctx, { ...query, functionName, workerType });
      return { data: data.map((task) => ({ ...task })), next_cursor };
    },
  }),
  defineTool({
    name: "tasks.get",
    summary: "Show a task: result, attempts, and why it has not started",
    scope: "tasks:read",
    destructive: false,
    input: one,
    output: taskOut,
    run: async (ctx: Ctx, input) => ({ ...await getTask(ctx, input) }),
  }),
  defineTool({
    name: "tasks.cancel",
    summary: "Cancel a task and everything below it",
    scope: "tasks:write",
    destructive: true,
    input: one,
    output: taskOut,
    run: async (ctx: Ctx, input) => ({ ...await cancelTask(ctx, input) }),
  }),
  defineTool({
    name: "tasks.functions",
    summary: "List what tasks can call",
    scope: "tasks:read",
    destructive: false,
    input: z.object({}),
    output: z.object({
      data: z.array(z.object({ name: z.string(), summary: z.string(), worker_type: z.string() })),
    }),
    run: (ctx: Ctx) =>
      Promise.resolve({
        data: listFunctions(ctx).map(({ name, summary, workerType }) => ({
          name,
          summary,
          worker_type: workerType,
        })),
      }),
  }),
  defineTool({
    name: "tasks.status",
    summary: "Show the lanes of tasks: what was said of them, what waits and runs",
    scope: "tasks:read",
    destructive: false,
    input: z.object({}),
    output: lanesOut,
    run: async (ctx: Ctx) => ({ lanes: (await laneStatus(ctx)).map((lane) => ({ ...lane })) }),
  }),
  defineTool({
    name: "tasks.control",
    summary: "Pause, resume, drain or scale lanes of tasks",
    scope: "tasks:write",
    destructive: false,
    input: z.object({
      action: z.enum(CONTROL_ACTIONS),
      worker_type: workerType,
      concurrency: z.int().min(1).max(1000).optional(),
      everybody: z.boolean().default(false).describe("For every workspace, not only your own"),
    }),
    output: lanesOut,
    run: async (ctx: Ctx, { worker_type: workerType, ...order }) => ({
      lanes: (await controlTasks(ctx, { ...order, workerType })).map((lane) => ({ ...lane })),
    }),
  }),
  defineTool({
    name: "tasks.dead",
    summary: "List the tasks that failed for good",
    scope: "tasks:read",
    destructive: false,
    input: z.object({ ...page.shape, function_name: functionName.optional() }),
    output: pageOut,
    run: async (ctx: Ctx, { function_name: functionName, ...query }) => {
      const { data, next_cursor } = await listDeadTasks(ctx, { ...query, functionName });
      return { data: data.map((task) => ({ ...task })), next_cursor };
    },
  }),
  defineTool({
    name: "tasks.retry",
    summary: "Start a dead letter over, with other arguments if given",
    scope: "tasks:write",
    destructive: false,
    input: one.extend({ args: z.json().optional().describe("As JSON") }),
    output: taskOut,
    run: async (ctx: Ctx, input) => ({ ...await retryDeadTask(ctx, input) }),
  }),
  defineTool({
    name: "tasks.redrive",
    summary: "Start many dead letters over, the oldest first",
    scope: "tasks:write",
    destructive: false,
    input: z.object({
      function_name: functionName.optional(),
      limit: z.int().min(1).max(TASK_LIMITS.batch).optional(),
    }),
    output: z.object({ redriven: z.number() }),
    run: async (ctx: Ctx, { function_name: functionName, limit }) =>
      await redriveDeadTasks(ctx, { functionName, limit }),
  }),
  defineTool({
    name: "tasks.discard",
    summary: "Delete a dead letter",
    scope: "tasks:write",
    destructive: true,
    input: one,
    output: z.object({ discarded: z.string() }),
    run: async (ctx: Ctx, input) => {
      await discardDeadTask(ctx, input);
      return { discarded: input.id };
    },
  }),
];
