import { getTask, listFunctions, listTasks, submitTask } from "../../lib/tasks/mod.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";
import { toFunctionDto, toOrder } from "./present.ts";

export const highScaleTasks = createRouter()
  .openapi(contracts.submitTaskRoute, async (c) => {
    return c.json(await submitTask(c.var.ctx, toOrder(c.req.valid("json"))), 202);
  })
  .openapi(contracts.listTasksRoute, async (c) => {
    const { function_name: functionName, worker_type: workerType, ...query } = c.req.valid("query");
    return c.json(await listTasks(c.var.ctx, { ...query, functionName, workerType }), 200);
  })
  .openapi(contracts.getTaskRoute, async (c) => {
    return c.json(await getTask(c.var.ctx, { id: c.req.valid("param").id }), 200);
  })
  .openapi(contracts.listFunctionsRoute, (c) => {
    return c.json({ data: listFunctions(c.var.ctx).map(toFunctionDto), next_cursor: null }, 200);
  });
