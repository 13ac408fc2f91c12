import { z } from "@hono/zod-openapi";
import { WORKER_TYPE_NAMES } from "../../lib/kernel/define-function.ts";
import { PRIORITY_NAMES, TASK_LIMITS, TASK_STATES } from "../../lib/tasks/schemas.ts";
import { orNull } from "../router.ts";

const time = (description: string) =>
  z.iso.datetime().openapi({ example: "2026-11-21T15:04:05.000Z", description });
const timeOrNull = (description: string) =>
  z.iso.datetime().nullable().openapi({ example: null, description });

const functionName = z.string().min(1).max(120).openapi({
  example: "math.sqrt",
  description: "GET /api/high-scale-tasks/functions lists them",
});
const workerType = z.enum(WORKER_TYPE_NAMES).openapi({ example: "CPU_INTENSIVE" });
const priority = z.enum(PRIORITY_NAMES).openapi({
  example: "HIGH",
  description: "How many minutes of waiting it counts for: LOW -5, NORMAL 0, HIGH 5, CRITICAL 15",
});
const args = z.union([z.array(z.json()), z.record(z.string(), z.json())]).openapi({
  type: "array",
  items: {},
  example: [16],
  description: "A list, or an object where the function takes one",
});

export const orderSchema = z.object({
  function_name: functionName,
  args: args.optional(),
  worker_type: workerType.optional(),
  priority: priority.optional(),
  run_at: z.iso.datetime({ offset: true }).optional().openapi({
    description: "Not before this time, at most a year ahead",
  }),
  delay_ms: z.number().int().min(0).optional().openapi({ description: "The same, from now" }),
  max_attempts: z.number().int().min(1).max(TASK_LIMITS.attempts).optional().openapi({
    description: "Attempts in all; the function says how many it has otherwise",
  }),
}).openapi("TaskOrder");

export const progressSchema = z.object({
  percent: z.number().openapi({ example: 40 }),
  message: z.string().nullable().openapi({ example: "40 of 100 pages" }),
  at: time("When it said so"),
}).openapi("TaskProgress");

export const taskSchema = z.object({
  task_id: z.string().openapi({ example: "tsk_01kabcdefghjkmnpqrstvwxyz0" }),
  state: z.enum(TASK_STATES).openapi({
    example: "done",
    description: "failed: refused in a way that no attempt can mend; dead: every attempt failed",
  }),
  function_name: functionName,
  worker_type: workerType,
  priority,
  result: z.unknown().openapi({ example: 4 }),
  result_bytes: z.number().int().nullable().openapi({
    example: null,
    description: "The size of a result that is kept apart; reading the one task gives it",
  }),
  error: z.string().nullable().openapi({ example: null }),
  attempts: z.number().int().openapi({ example: 1 }),
  max_attempts: z.number().int().openapi({ example: 3 }),
  progress: orNull(progressSchema).openapi({ description: "What it last told of itself" }),
  submitted_by: z.string().openapi({ example: "user:usr_01kabcdefghjkmnpqrstvwxyz0" }),
  run_at: time("Not before"),
  created_at: time("When it was submitted"),
  started_at: timeOrNull("When its newest run began"),
  finished_at: timeOrNull("When it ended"),
}).openapi("Task");

export const taskDetailSchema = taskSchema.extend({
  args: z.unknown().openapi({ example: [16] }),
}).openapi("TaskDetail");

export const functionSchema = z.object({
  function_name: functionName,
  summary: z.string().openapi({ example: "The square root of a number that is not negative" }),
  worker_type: workerType,
  worker_types: z.array(workerType).openapi({ example: ["CPU_INTENSIVE", "GENERAL_PURPOSE"] }),
  scope: z.string().nullable().openapi({ example: null, description: "Needed beside tasks:write" }),
  max_attempts: z.number().int().openapi({ example: 3 }),
  timeout_ms: z.number().int().openapi({ example: 30_000 }),
  args: z.record(z.string(), z.unknown()).openapi({
    example: { type: "array", prefixItems: [{ type: "number", minimum: 0 }] },
    description: "JSON Schema of the arguments",
  }),
  result: z.record(z.string(), z.unknown()).openapi({
    example: { type: "number" },
    description: "JSON Schema of the result",
  }),
  examples: z.array(z.object({
    args: z.unknown().openapi({ example: [16] }),
    result: z.unknown().optional().openapi({ example: 4 }),
  })).openapi({ example: [{ args: [16], result: 4 }] }),
}).openapi("TaskFunction");
