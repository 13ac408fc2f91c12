import { z } from "zod";
import type { Ctx } from "../context.ts";
import { WORKER_TYPE_NAMES } from "../kernel/define-function.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { page } from "../kernel/tool-shapes.ts";
import { PRIORITY_NAMES } from "../tasks/mod.ts";
import {
  createSchedule,
  disableSchedule,
  enableSchedule,
  getSchedule,
  listTaskSchedules,
  removeSchedule,
} from "./keep.ts";
import { MOST_CATCH_UP } from "./policy.ts";
import { toScheduleDto, toTickDto } from "./row.ts";
import { CATCH_UPS, OVERLAPS, SCHEDULE_KINDS, TICK_OUTCOMES } from "./schemas.ts";
import { listTicks, runNow } from "./tick.ts";

const scheduleOut = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(SCHEDULE_KINDS),
  cron: z.string().nullable(),
  zone: z.string(),
  at: z.string().nullable(),
  every_ms: z.number().nullable(),
  overlap: z.enum(OVERLAPS),
  catch_up: z.enum(CATCH_UPS),
  function_name: z.string(),
  enabled: z.boolean(),
  next_at: z.string().nullable(),
  next_ticks: z.array(z.string()),
  last_at: z.string().nullable(),
});
const tickOut = z.object({
  id: z.string(),
  due_at: z.string(),
  manual: z.boolean(),
  outcome: z.enum(TICK_OUTCOMES),
  count: z.number(),
  task_id: z.string().nullable(),
  reason: z.string().nullable(),
});
const one = z.object({ id: z.string().min(1).max(64).describe("The schedule's id") });

export const scheduleTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "schedules.list",
    summary: "List the schedules of the workspace with their next ten ticks",
    scope: "schedules:read",
    destructive: false,
    input: z.object({ ...page.shape, enabled: z.boolean().optional() }),
    output: z.object({ data: z.array(scheduleOut), next_cursor: z.string().nullable() }),
    run: async (ctx: Ctx, input) => {
      const { data, next_cursor } = await listTaskSchedules(ctx, input);
      return { data: data.map((row) => toScheduleDto(row, ctx.now())), next_cursor };
    },
  }),
  defineTool({
    name: "schedules.show",
    summary: "Show one schedule with its next ten ticks",
    scope: "schedules:read",
    destructive: false,
    input: one,
    output: scheduleOut,
    run: async (ctx: Ctx, input) => toScheduleDto(await getSchedule(ctx, input), ctx.now()),
  }),
  defineTool({
    name: "schedules.create",
    summary: "Submit a task again and again (cron, every), or once at a time",
    scope: "schedules:write",
    destructive: false,
    input: z.object({
      name: z.string().min(1).max(120),
      cron: z.string().max(120).optional().describe("Five fields, such as 0 9 * * 1-5"),
      zone: z.string().max(64).optional().describe("IANA name, such as America/Mexico_City; default UTC"),
      at: z.iso.datetime({ offset: true }).optional().describe("Once, at this time"),
      every_ms: z.int().optional().describe("Every so many milliseconds"),
      function_name: z.string().min(1).max(100),
      args: z.unknown().optional(),
      priority: z.enum(PRIORITY_NAMES).optional(),
      worker_type: z.enum(WORKER_TYPE_NAMES).optional(),
      overlap: z.enum(OVERLAPS).default("skip"),
      catch_up: z.enum(CATCH_UPS).default("last"),
      catch_up_limit: z.int().min(1).max(MOST_CATCH_UP).default(10),
    }),
    output: scheduleOut,
    run: async (ctx: Ctx, input) => {
      const { name, cron, zone, at, every_ms: everyMs, overlap } = input;
      const row = await createSchedule(ctx, {
        name,
        timing: { cron, zone, at: at === undefined ? undefined : Date.parse(at), everyMs },
        overlap,
        catchUp: input.catch_up,
        catchUpLimit: input.catch_up_limit,
        task: {
          functionName: input.function_name,
          args: input.args ?? [],
          priority: input.priority,
          workerType: input.worker_type,
        },
        enabled: true,
      });
      return toScheduleDto(row, ctx.now());
    },
  }),
  ...([["enable", enableSchedule, "Let a schedule tick again, from now on"], [
    "disable",
    disableSchedule,
    "Let a schedule tick no more until it is enabled",
  ]] as const).map(([verb, run, summary]) =>
    defineTool({
      name: `schedules.${verb}`,
      summary,
      scope: "schedules:write",
      destructive: false,
      input: one,
      output: scheduleOut,
      run: async (ctx: Ctx, input) => toScheduleDto(await run(ctx, input), ctx.now()),
    })
  ),
  defineTool({
    name: "schedules.run",
    summary: "Tick now, beside the ticks of the clock",
    scope: "schedules:write",
    destructive: false,
    input: one,
    output: tickOut,
    run: async (ctx: Ctx, input) => toTickDto(await runNow(ctx, input)),
  }),
  defineTool({
    name: "schedules.ticks",
    summary: "List what became of a schedule's ticks, the newest first",
    scope: "schedules:read",
    destructive: false,
    input: one.extend(page.shape),
    output: z.object({ data: z.array(tickOut), next_cursor: z.string().nullable() }),
    run: async (ctx: Ctx, input) => {
      const { data, next_cursor } = await listTicks(ctx, input);
      return { data: data.map(toTickDto), next_cursor };
    },
  }),
  defineTool({
    name: "schedules.delete",
    summary: "Forget a schedule and its ticks; tasks that it submitted go on",
    scope: "schedules:write",
    destructive: true,
    input: one,
    output: z.object({ deleted: z.boolean() }),
    run: async (ctx: Ctx, input) => {
      await removeSchedule(ctx, input);
      return { deleted: true };
    },
  }),
];
