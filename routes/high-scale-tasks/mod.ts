import * as tasks from "../../lib/tasks/mod.ts";
import { SECOND } from "../../lib/kernel/clock.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";
import { toBatch, toControl, toFunctionDto, toOrder } from "./present.ts";

export const highScaleTasks = createRouter()
  .openapi(contracts.submitTaskRoute, async (c) => {
    return c.json(await tasks.submitTask(c.var.ctx, toOrder(c.req.valid("json"))), 202);
  })
  .openapi(contracts.submitBatchRoute, async (c) => {
    return c.json(await tasks.submitTasks(c.var.ctx, toBatch(c.req.valid("json"))), 202);
  })
  .openapi(contracts.listTasksRoute, async (c) => {
    const { function_name: functionName, worker_type: workerType, ...query } = c.req.valid("query");
    return c.json(await tasks.listTasks(c.var.ctx, { ...query, functionName, workerType }), 200);
  })
  .openapi(contracts.getTaskRoute, async (c) => {
    return c.json(await tasks.getTask(c.var.ctx, { id: c.req.valid("param").id }), 200);
  })
  .openapi(contracts.listChildrenRoute, async (c) => {
    const query = { id: c.req.valid("param").id, ...c.req.valid("query") };
    return c.json(await tasks.listChildren(c.var.ctx, query), 200);
  })
  .openapi(contracts.cancelTaskRoute, async (c) => {
    return c.json(await tasks.cancelTask(c.var.ctx, { id: c.req.valid("param").id }), 200);
  })
  .openapi(contracts.listFunctionsRoute, (c) => {
    return c.json({ data: tasks.listFunctions(c.var.ctx).map(toFunctionDto), next_cursor: null }, 200);
  })
  .openapi(contracts.taskFiguresRoute, async (c) => {
    const { window_s } = c.req.valid("query");
    return c.json(await tasks.taskFigures(c.var.ctx, { windowMs: window_s * SECOND }), 200);
  })
  .openapi(contracts.taskStatusRoute, async (c) => {
    return c.json({ lanes: await tasks.laneStatus(c.var.ctx) }, 200);
  })
  .openapi(contracts.controlTasksRoute, async (c) => {
    const lanes = await tasks.controlTasks(c.var.ctx, toControl(c.req.valid("json")));
    return c.json({ lanes }, 200);
  })
  .openapi(contracts.listDeadRoute, async (c) => {
    const { function_name: functionName, ...query } = c.req.valid("query");
    return c.json(await tasks.listDeadTasks(c.var.ctx, { ...query, functionName }), 200);
  })
  .openapi(contracts.redriveRoute, async (c) => {
    const { function_name: functionName, ...given } = c.req.valid("json");
    return c.json(await tasks.redriveDeadTasks(c.var.ctx, { ...given, functionName }), 202);
  })
  .openapi(contracts.getDeadRoute, async (c) => {
    return c.json(await tasks.getDeadTask(c.var.ctx, { id: c.req.valid("param").id }), 200);
  })
  .openapi(contracts.retryDeadRoute, async (c) => {
    const { max_attempts: maxAttempts, ...given } = c.req.valid("json") ?? {};
    const { id } = c.req.valid("param");
    return c.json(await tasks.retryDeadTask(c.var.ctx, { id, ...given, maxAttempts }), 202);
  })
  .openapi(contracts.discardDeadRoute, async (c) => {
    await tasks.discardDeadTask(c.var.ctx, { id: c.req.valid("param").id });
    return c.body(null, 204);
  })
  .openapi(contracts.demoRoute, async (c) => {
    return c.json(await tasks.submitDemoTasks(c.var.ctx, c.req.valid("query")), 202);
  });
