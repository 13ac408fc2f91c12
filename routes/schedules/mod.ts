import {
  changeSchedule,
  createSchedule,
  disableSchedule,
  enableSchedule,
  getSchedule,
  listTaskSchedules,
  listTicks,
  removeSchedule,
  runNow,
  toScheduleDto,
  toTickDto,
} from "../../lib/schedules/mod.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";

interface WireTiming {
  readonly cron?: string | undefined;
  readonly zone?: string | undefined;
  readonly at?: string | undefined;
  readonly every_ms?: number | undefined;
}

function timingFrom({ cron, zone, at, every_ms: everyMs }: WireTiming) {
  return { cron, zone, at: at === undefined ? undefined : Date.parse(at), everyMs };
}

export const schedules = createRouter()
  .openapi(contracts.listSchedulesRoute, async (c) => {
    const { enabled, ...query } = c.req.valid("query");
    const { ctx } = c.var;
    const page = await listTaskSchedules(ctx, {
      ...query,
      ...(enabled === undefined ? {} : { enabled: enabled === "true" }),
    });
    return c.json({ ...page, data: page.data.map((row) => toScheduleDto(row, ctx.now())) }, 200);
  })
  .openapi(contracts.createScheduleRoute, async (c) => {
    const body = c.req.valid("json");
    const row = await createSchedule(c.var.ctx, {
      name: body.name,
      timing: timingFrom(body),
      overlap: body.overlap,
      catchUp: body.catch_up,
      catchUpLimit: body.catch_up_limit,
      task: {
        functionName: body.function_name,
        args: body.args ?? [],
        priority: body.priority,
        workerType: body.worker_type,
      },
      enabled: body.enabled,
    });
    return c.json(toScheduleDto(row, c.var.ctx.now()), 201);
  })
  .openapi(contracts.getScheduleRoute, async (c) => {
    return c.json(toScheduleDto(await getSchedule(c.var.ctx, c.req.valid("param")), c.var.ctx.now()), 200);
  })
  .openapi(contracts.changeScheduleRoute, async (c) => {
    const body = c.req.valid("json");
    const { cron, zone, at, every_ms } = body;
    const given = [cron, zone, at, every_ms].some((one) => one !== undefined);
    const task = {
      functionName: body.function_name,
      args: body.args,
      priority: body.priority,
      workerType: body.worker_type,
    };
    const row = await changeSchedule(c.var.ctx, {
      id: c.req.valid("param").id,
      name: body.name,
      timing: given ? timingFrom(body) : undefined,
      overlap: body.overlap,
      catchUp: body.catch_up,
      catchUpLimit: body.catch_up_limit,
      task: Object.values(task).some((one) => one !== undefined) ? task : undefined,
    });
    return c.json(toScheduleDto(row, c.var.ctx.now()), 200);
  })
  .openapi(contracts.deleteScheduleRoute, async (c) => {
    await removeSchedule(c.var.ctx, c.req.valid("param"));
    return c.body(null, 204);
  })
  .openapi(contracts.enableScheduleRoute, async (c) => {
    return c.json(toScheduleDto(await enableSchedule(c.var.ctx, c.req.valid("param")), c.var.ctx.now()), 200);
  })
  .openapi(contracts.disableScheduleRoute, async (c) => {
    return c.json(
      toScheduleDto(await disableSchedule(c.var.ctx, c.req.valid("param")), c.var.ctx.now()),
      200,
    );
  })
  .openapi(contracts.runScheduleRoute, async (c) => {
    return c.json(toTickDto(await runNow(c.var.ctx, c.req.valid("param"))), 202);
  })
  .openapi(contracts.listTicksRoute, async (c) => {
    const page = await listTicks(c.var.ctx, { ...c.req.valid("param"), ...c.req.valid("query") });
    return c.json({ ...page, data: page.data.map(toTickDto) }, 200);
  });
