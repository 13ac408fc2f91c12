import { z } from "@hono/zod-openapi";
import { WORKER_TYPE_NAMES } from "../../lib/kernel/define-function.ts";
import { TASK_STATES } from "../../lib/tasks/schemas.ts";
import { contract, idParam, jsonAnswer, jsonBody, pageOf, pageQuery, problems } from "../router.ts";
import { functionSchema, orderSchema, taskDetailSchema, taskSchema } from "./schemas.ts";

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
  responses: { 200: jsonAnswer(pageOf(taskSchema), "A page of tasks") },
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
