import { z } from "@hono/zod-openapi";
import { WORKER_TYPE_NAMES } from "../../lib/kernel/define-function.ts";
import { TASK_STATES } from "../../lib/tasks/schemas.ts";
import { contract, idParam, jsonAnswer, jsonBody, pageOf, pageQuery, problems } from "../router.ts";
import {
  batchOrderSchema,
  batchSchema,
  controlSchema,
  deadRetrySchema,
  figuresSchema,
  functionSchema,
  lanesSchema,
  orderSchema,
  redriveSchema,
  taskDetailSchema,
  taskSchema,
} from "./schemas.ts";

const tags = ["Tasks"];

export const submitTaskRoute = contract({
  method: "post",
  path: "/api/high-scale-tasks/submit",
  operationId: "submitTask",
  summary: "Submits a task: it is on disk when this answers, and runs on a worker of its type",
  tags,
  scope: "tasks:write",
  request: { body: jsonBody(orderSchema) },
  responses: { 202: jsonAnswer(taskSchema, "Accepted"), ...problems("conflict", "payload_too_large") },
});

export const listTasksRoute = contract({
  method: "get",
  path: "/api/high-scale-tasks/tasks",
  operationId: "listTasks",
  summary: "Tasks, the newest first",
  tags,
  scope: "tasks:read",
  request: {
    query: pageQuery.extend({
      state: z.enum(TASK_STATES).optional().openapi({ example: "running" }),
      function_name: z.string().max(120).optional().openapi({ example: "math.sqrt" }),
      worker_type: z.enum(WORKER_TYPE_NAMES).optional().openapi({ example: "CPU_INTENSIVE" }),
    }),
  },
  responses: {
    200: jsonAnswer(
      pageOf(taskSchema),
      "A page of tasks. Where few fit it may be short, or empty, and yet have a `next_cursor`",
    ),
  },
});

export const getTaskRoute = contract({
  method: "get",
  path: "/api/high-scale-tasks/tasks/{id}",
  operationId: "getTask",
  summary: "One task: state, arguments, result",
  tags,
  scope: "tasks:read",
  request: { params: idParam },
  responses: { 200: jsonAnswer(taskDetailSchema, "The task"), ...problems("not_found") },
});

export const listFunctionsRoute = contract({
  method: "get",
  path: "/api/high-scale-tasks/functions",
  operationId: "listTaskFunctions",
  summary: "What tasks can call, with schemas and examples",
  tags,
  scope: "tasks:read",
  responses: {
    200: jsonAnswer(z.object({ data: z.array(functionSchema), next_cursor: z.null() }), "All functions"),
  },
});

export const submitBatchRoute = contract({
  method: "post",
  path: "/api/high-scale-tasks/batch",
  operationId: "submitTaskBatch",
  summary: "Submits up to 10,000 tasks, all or none; with `then`, a task that waits for them",
  tags,
  scope: "tasks:write",
  request: { body: jsonBody(batchOrderSchema) },
  responses: { 202: jsonAnswer(batchSchema, "Accepted"), ...problems("conflict", "payload_too_large") },
});

export const cancelTaskRoute = contract({
  method: "post",
  path: "/api/high-scale-tasks/tasks/{id}/cancel",
  operationId: "cancelTask",
  summary: "Cancels a task and everything below it; a run under way gets its abort signal",
  tags,
  scope: "tasks:write",
  request: { params: idParam },
  responses: { 200: jsonAnswer(taskSchema, "The task"), ...problems("not_found", "conflict") },
});

export const listChildrenRoute = contract({
  method: "get",
  path: "/api/high-scale-tasks/tasks/{id}/children",
  operationId: "listTaskChildren",
  summary: "The tasks that a task waits or waited for",
  tags,
  scope: "tasks:read",
  request: { params: idParam, query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(taskSchema), "A page of tasks"), ...problems("not_found") },
});

export const taskFiguresRoute = contract({
  method: "get",
  path: "/api/high-scale-tasks/metrics",
  operationId: "taskMetrics",
  summary: "Throughput, latency, depth and use by worker type",
  tags,
  scope: "tasks:read",
  request: {
    query: z.object({
      window_s: z.coerce.number().int().min(10).max(86_400).default(300).openapi({ example: 300 }),
    }),
  },
  responses: { 200: jsonAnswer(figuresSchema, "The figures") },
});

export const taskStatusRoute = contract({
  method: "get",
  path: "/api/high-scale-tasks/status",
  operationId: "taskStatus",
  summary: "The lanes: what was said of them, what waits and runs",
  tags,
  scope: "tasks:read",
  responses: { 200: jsonAnswer(lanesSchema, "The lanes") },
});

export const controlTasksRoute = contract({
  method: "post",
  path: "/api/high-scale-tasks/control",
  operationId: "controlTasks",
  summary: "Pauses, resumes, drains or scales lanes; every worker obeys within a second",
  tags,
  scope: "tasks:write",
  request: { body: jsonBody(controlSchema) },
  responses: { 200: jsonAnswer(lanesSchema, "What holds now") },
});

export const listDeadRoute = contract({
  method: "get",
  path: "/api/high-scale-tasks/dlq",
  operationId: "listDeadTasks",
  summary: "Dead letters: tasks that failed for good, the newest first",
  tags,
  scope: "tasks:read",
  request: {
    query: pageQuery.extend({
      function_name: z.string().max(120).optional().openapi({ example: "math.sqrt" }),
    }),
  },
  responses: { 200: jsonAnswer(pageOf(taskSchema), "A page of tasks") },
});

export const redriveRoute = contract({
  method: "post",
  path: "/api/high-scale-tasks/dlq/redrive",
  operationId: "redriveDeadTasks",
  summary: "Starts many dead letters over, the oldest first",
  tags,
  scope: "tasks:write",
  request: { body: jsonBody(redriveSchema) },
  responses: {
    202: jsonAnswer(z.object({ redriven: z.number().int().openapi({ example: 3 }) }), "Started over"),
  },
});

export const getDeadRoute = contract({
  method: "get",
  path: "/api/high-scale-tasks/dlq/{id}",
  operationId: "getDeadTask",
  summary: "One dead letter with its arguments and attempts",
  tags,
  scope: "tasks:read",
  request: { params: idParam },
  responses: { 200: jsonAnswer(taskDetailSchema, "The task"), ...problems("not_found") },
});

export const retryDeadRoute = contract({
  method: "post",
  path: "/api/high-scale-tasks/dlq/{id}/retry",
  operationId: "retryDeadTask",
  summary: "Starts a dead letter over, as it is or with what is mended of it",
  tags,
  scope: "tasks:write",
  request: {
    params: idParam,
    body: { required: false, content: { "application/json": { schema: deadRetrySchema } } },
  },
  responses: { 202: jsonAnswer(taskSchema, "Started over"), ...problems("not_found", "conflict") },
});

export const discardDeadRoute = contract({
  method: "delete",
  path: "/api/high-scale-tasks/dlq/{id}",
  operationId: "discardDeadTask",
  summary: "Discards a dead letter and what was stored of it",
  tags,
  scope: "tasks:write",
  request: { params: idParam },
  responses: { 204: { description: "Discarded" }, ...problems("not_found", "conflict") },
});

export const demoRoute = contract({
  method: "post",
  path: "/api/high-scale-tasks/demo/submit-demo-tasks",
  operationId: "submitDemoTasks",
  summary: "Submits tasks of every kind, for a first look",
  tags,
  scope: "tasks:write",
  request: {
    query: z.object({
      count: z.coerce.number().int().min(1).max(1000).default(10).openapi({ example: 10 }),
    }),
  },
  responses: { 202: jsonAnswer(batchSchema, "Accepted") },
});
