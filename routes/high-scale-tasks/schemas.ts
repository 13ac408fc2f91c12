import { z } from "@hono/zod-openapi";
import { WORKER_TYPE_NAMES } from "../../lib/kernel/define-function.ts";
import {
  CONTINUE_WHEN,
  CONTROL_ACTIONS,
  PRIORITY_NAMES,
  TASK_LIMITS,
  TASK_STATES,
  WAITING_REASONS,
} from "../../lib/tasks/schemas.ts";
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
    example: "2026-11-21T15:04:05.000Z",
    description: "Not before this time, at most a year ahead",
  }),
  delay_ms: z.number().int().min(0).optional().openapi({
    example: 60_000,
    description: "The same, from now",
  }),
  max_attempts: z.number().int().min(1).max(TASK_LIMITS.attempts).optional().openapi({
    example: 3,
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
  parent_id: z.string().nullable().openapi({ example: null, description: "The task that waits for it" }),
  run_at: timeOrNull("Not before; null: it waits for its children"),
  created_at: time("When it was submitted"),
  started_at: timeOrNull("When its newest run began"),
  finished_at: timeOrNull("When it ended"),
}).openapi("Task");

const waitingSchema = z.object({
  reason: z.enum(WAITING_REASONS).openapi({ example: "slot" }),
  detail: z.string().openapi({
    example: "It waits for a free worker; 3 of the workspace's tasks come before it",
  }),
  until: timeOrNull("Until when, where that is known"),
}).openapi("TaskWaiting");

const trySchema = z.object({
  number: z.number().int().openapi({ example: 1 }),
  outcome: z.string().openapi({
    example: "done",
    description: "running, done, failed (tried again), put_off, lost (its worker died), dead, cancelled",
  }),
  worker: z.string().nullable().openapi({ example: "owner" }),
  started_at: timeOrNull("When it began"),
  ended_at: timeOrNull("When it ended"),
  error: z.string().nullable().openapi({ example: null }),
}).openapi("TaskTry");

export const taskDetailSchema = taskSchema.extend({
  args: z.unknown().openapi({ example: [16] }),
  waiting_for: orNull(waitingSchema).openapi({ description: "Why it has not started yet" }),
  tries: z.array(trySchema),
  timeline: z.array(z.object({
    at: time("When"),
    what: z.string().openapi({ example: "submitted" }),
  })),
  children_left: z.number().int().nullable().openapi({ example: null }),
}).openapi("TaskDetail");

export const batchOrderSchema = z.object({
  tasks: z.array(orderSchema).min(1).max(TASK_LIMITS.batch).openapi({
    example: [{ function_name: "math.sqrt", args: [16] }, { function_name: "math.sqrt", args: [81] }],
  }),
  then: orderSchema.extend({
    continue_when: z.enum(CONTINUE_WHEN).default("all").openapi({
      example: "all",
      description:
        "all: when all have ended; any: at the first success; first_failure: at the first failure. The rest is cancelled",
    }),
  }).optional().openapi({
    example: { function_name: "task.collect", continue_when: "all" },
    description: "A task that waits for these, as their parent, and then runs",
  }),
}).openapi("TaskBatchOrder");

export const batchSchema = z.object({
  batch_id: z.string().openapi({ example: "bat_01kabcdefghjkmnpqrstvwxyz0" }),
  accepted: z.number().int().openapi({ example: 2 }),
  task_ids: z.array(z.string()).openapi({ example: ["tsk_01kabcdefghjkmnpqrstvwxyz0"] }),
  parent_id: z.string().nullable().openapi({ example: null }),
}).openapi("TaskBatch");

export const controlSchema = z.object({
  action: z.enum(CONTROL_ACTIONS).openapi({
    example: "pause",
    description:
      "pause: nothing starts; resume; drain: nothing new is taken, what waits is worked off; scale: how many run at once",
  }),
  worker_type: workerType.optional().openapi({ description: "All of them when left out" }),
  concurrency: z.number().int().min(1).max(1000).nullable().optional().openapi({
    example: 8,
    description: "With scale; null: as the workers are set up",
  }),
  everybody: z.boolean().optional().openapi({
    example: false,
    description: "For every workspace (the platform's admin); otherwise for your own",
  }),
}).openapi("TaskControl");

const said = {
  paused: z.boolean().openapi({ example: false }),
  draining: z.boolean().openapi({ example: false }),
  concurrency: z.number().int().nullable().openapi({ example: null }),
};
const count = (example: number) => z.number().int().openapi({ example });

export const laneSchema = z.object({
  worker_type: workerType,
  lane: z.string().openapi({ example: "cpu" }),
  ...said,
  workspace: z.object(said).openapi({ description: "What the workspace said for itself" }),
  workers: z.number().int().nullable().openapi({ example: 1, description: "Processes that run the lane" }),
  places: z.number().int().nullable().openapi({ example: 2, description: "Jobs that they run at once" }),
  queued: count(0).openapi({ description: "Of the workspace; counts stop at 10,000" }),
  delayed: count(0),
  running: count(0),
  oldest_queued_at: timeOrNull("When the first one to come was due"),
}).openapi("TaskLane");

export const lanesSchema = z.object({ lanes: z.array(laneSchema) }).openapi("TaskLanes");

const milliseconds = z.object({
  p50: z.number().nullable().openapi({ example: 1 }),
  p95: z.number().nullable().openapi({ example: 3 }),
  p99: z.number().nullable().openapi({ example: 9 }),
}).openapi("TaskPercentiles");

const figures = {
  queued: count(0),
  delayed: count(0),
  running: count(2),
  done: count(120),
  failed: count(1),
  cancelled: count(0),
  throughput_per_s: z.number().openapi({ example: 0.4 }),
  wait_ms: milliseconds.openapi({ description: "From when it was due to its start" }),
  run_ms: milliseconds.openapi({ description: "From its start to its end" }),
  places_in_use: z.number().openapi({ example: 0.1, description: "2.5: two and a half places of a lane" }),
};

export const figuresSchema = z.object({
  window_s: z.number().openapi({ example: 300 }),
  complete: z.boolean().openapi({ example: true, description: "false: more ended than were looked at" }),
  total: z.object(figures).openapi("TaskTotals"),
  by_worker_type: z.array(
    z.object({
      worker_type: workerType,
      ...figures,
      utilisation: z.number().nullable().openapi({ example: 0.05, description: "Of all places of the lane" }),
    }).openapi("TaskLaneFigures"),
  ),
}).openapi("TaskFigures");

export const deadRetrySchema = z.object({
  args: args.optional().openapi({ description: "In place of what it was submitted with" }),
  priority: priority.optional(),
  max_attempts: z.number().int().min(1).max(TASK_LIMITS.attempts).optional().openapi({ example: 3 }),
}).openapi("DeadTaskRetry");

export const redriveSchema = z.object({
  ids: z.array(z.string().max(64)).max(TASK_LIMITS.batch).optional().openapi({
    example: ["tsk_01kabcdefghjkmnpqrstvwxyz0"],
    description: "These; all of them when left out",
  }),
  function_name: functionName.optional(),
  limit: z.number().int().min(1).max(TASK_LIMITS.batch).optional().openapi({ example: 1000 }),
}).openapi("DeadTaskRedrive");

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
