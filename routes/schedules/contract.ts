import { z } from "@hono/zod-openapi";
import { WORKER_TYPE_NAMES } from "../../lib/kernel/define-function.ts";
import {
  CATCH_UPS,
  MOST_CATCH_UP,
  OVERLAPS,
  SCHEDULE_KINDS,
  TICK_OUTCOMES,
} from "../../lib/schedules/mod.ts";
import { PRIORITY_NAMES } from "../../lib/tasks/mod.ts";
import { contract, idParam, jsonAnswer, jsonBody, pageOf, pageQuery, problems } from "../router.ts";

const tags = ["Schedules"];
const ID = "sch_01kabcdefghjkmnpqrstvwxyz0";
const NOON = "2026-11-26T12:00:00.000Z";

const CRON = [
  "Five fields (minute, hour, day, month, weekday), six with seconds first, or @daily and its kind; read on the wall",
  "clock of `zone`. Where the clock is set forward, a tick in the hour that is left out comes at the moment of the",
  "change; where it is set back, the hour that comes twice ticks the first time only. A cron whose hour is written",
  "with * beats as time passes instead: no tick in an hour that is left out, and ticks in both of one that comes twice.",
].join(" ");

const name = z.string().min(1).max(120).openapi({ example: "Square roots at noon" });
const cron = z.string().min(1).max(120).openapi({ example: "0 12 * * 1-5", description: CRON });
const zone = z.string().min(1).max(64).openapi({
  example: "America/Mexico_City",
  description: "IANA name; default UTC",
});
const at = z.iso.datetime({ offset: true }).openapi({
  example: NOON,
  description: "Once, at this time: not in the past, and within a year",
});
const every = z.number().int().openapi({
  example: 3_600_000,
  description: "Again and again: from a second to a year. The first tick comes after one such time",
});
const overlap = z.enum(OVERLAPS).openapi({
  example: "skip",
  description:
    "While the task of an earlier tick has not ended: `skip` the tick, `queue` it until then, or `replace` that task",
});
const catchUp = z.enum(CATCH_UPS).openapi({
  example: "last",
  description:
    "Ticks that nobody was there for (of more than 90 s ago, or one of several): `none` of them, the `last` one, or `all` up to `catch_up_limit`",
});
const catchUpLimit = z.number().int().min(1).max(MOST_CATCH_UP).openapi({ example: 10 });
const functionName = z.string().min(1).max(100).openapi({ example: "math.sqrt" });
const args = z.unknown().openapi({ example: [16], description: "16 KiB of JSON at most" });
const priority = z.enum(PRIORITY_NAMES).openapi({ example: "NORMAL" });
const workerType = z.enum(WORKER_TYPE_NAMES).openapi({ example: "CPU_INTENSIVE" });

export const scheduleSchema = z.object({
  id: z.string().openapi({ example: ID }),
  name,
  kind: z.enum(SCHEDULE_KINDS).openapi({ example: "cron" }),
  cron: z.string().nullable().openapi({ example: "0 12 * * 1-5" }),
  zone,
  at: z.iso.datetime().nullable().openapi({ example: null }),
  every_ms: z.number().int().nullable().openapi({ example: null }),
  overlap,
  catch_up: catchUp,
  catch_up_limit: catchUpLimit,
  function_name: functionName,
  args,
  priority: z.string().openapi({ example: "NORMAL" }),
  worker_type: z.string().nullable().openapi({ example: null, description: "null: the function's own" }),
  enabled: z.boolean().openapi({ example: true }),
  next_at: z.iso.datetime().nullable().openapi({ example: NOON, description: "null: no tick will come" }),
  next_ticks: z.array(z.iso.datetime()).openapi({ example: [NOON], description: "The next ten" }),
  last_at: z.iso.datetime().nullable().openapi({ example: null }),
  created_by: z.string().openapi({
    example: "user:usr_01kabcdefghjkmnpqrstvwxyz0",
    description: "As whom its tasks run",
  }),
  created_at: z.iso.datetime().openapi({ example: "2026-11-25T10:00:00.000Z" }),
  updated_at: z.iso.datetime().openapi({ example: "2026-11-25T10:00:00.000Z" }),
}).openapi("Schedule");

const tickSchema = z.object({
  id: z.string().openapi({ example: "tck_01kabcdefghjkmnpqrstvwxyz0" }),
  schedule_id: z.string().openapi({ example: ID }),
  due_at: z.iso.datetime().openapi({ example: NOON }),
  manual: z.boolean().openapi({ example: false, description: "Asked for, not of the clock" }),
  outcome: z.enum(TICK_OUTCOMES).openapi({
    example: "submitted",
    description:
      "`waiting`: for the task of an earlier tick; `failed`: its task could not be submitted, see `reason`",
  }),
  count: z.number().int().openapi({
    example: 1,
    description: "A stretch of missed ticks is one row; counted to 1,000",
  }),
  task_id: z.string().nullable().openapi({ example: "tsk_01kabcdefghjkmnpqrstvwxyz0" }),
  reason: z.string().nullable().openapi({ example: null }),
  created_at: z.iso.datetime().openapi({ example: NOON }),
}).openapi("ScheduleTick");

const one = jsonAnswer(scheduleSchema, "The schedule");

const timing = {
  cron: cron.optional(),
  zone: zone.optional(),
  at: at.optional(),
  every_ms: every.optional(),
};

export const listSchedulesRoute = contract({
  method: "get",
  path: "/api/schedules",
  operationId: "listSchedules",
  summary: "The schedules of the workspace, the newest first",
  tags,
  scope: "schedules:read",
  request: {
    query: pageQuery.extend({ enabled: z.enum(["true", "false"]).optional().openapi({ example: "true" }) }),
  },
  responses: { 200: jsonAnswer(pageOf(scheduleSchema), "A page of schedules") },
});

export const createScheduleRoute = contract({
  method: "post",
  path: "/api/schedules",
  operationId: "createSchedule",
  summary:
    "Submits a task by the clock: one of `cron`, `at` and `every_ms` says when. Its tasks run as who makes it",
  tags,
  scope: "schedules:write",
  request: {
    body: jsonBody(z.object({
      name,
      ...timing,
      overlap: overlap.default("skip"),
      catch_up: catchUp.default("last"),
      catch_up_limit: catchUpLimit.default(10),
      function_name: functionName,
      args: args.optional(),
      priority: priority.optional(),
      worker_type: workerType.optional(),
      enabled: z.boolean().default(true).openapi({ example: true }),
    })),
  },
  responses: { 201: one, ...problems("conflict", "payload_too_large") },
});

export const getScheduleRoute = contract({
  method: "get",
  path: "/api/schedules/{id}",
  operationId: "getSchedule",
  summary: "One schedule with its next ten ticks",
  tags,
  scope: "schedules:read",
  request: { params: idParam },
  responses: { 200: one, ...problems("not_found") },
});

export const changeScheduleRoute = contract({
  method: "patch",
  path: "/api/schedules/{id}",
  operationId: "changeSchedule",
  summary:
    "Changes what is named. A new timing counts from now; whoever changes the task is the one as whom it runs",
  tags,
  scope: "schedules:write",
  request: {
    params: idParam,
    body: jsonBody(z.object({
      name: name.optional(),
      ...timing,
      overlap: overlap.optional(),
      catch_up: catchUp.optional(),
      catch_up_limit: catchUpLimit.optional(),
      function_name: functionName.optional(),
      args: args.optional(),
      priority: priority.optional(),
      worker_type: workerType.optional(),
    })),
  },
  responses: { 200: one, ...problems("not_found", "payload_too_large") },
});

export const deleteScheduleRoute = contract({
  method: "delete",
  path: "/api/schedules/{id}",
  operationId: "deleteSchedule",
  summary: "Forgets it and its ticks; tasks that it has submitted go on",
  tags,
  scope: "schedules:write",
  request: { params: idParam },
  responses: { 204: { description: "Gone" }, ...problems("not_found") },
});

export const enableScheduleRoute = contract({
  method: "post",
  path: "/api/schedules/{id}/enable",
  operationId: "enableSchedule",
  summary: "Lets it tick from now on; what it missed while it was off is not made up for",
  tags,
  scope: "schedules:write",
  request: { params: idParam },
  responses: { 200: one, ...problems("not_found", "conflict") },
});

export const disableScheduleRoute = contract({
  method: "post",
  path: "/api/schedules/{id}/disable",
  operationId: "disableSchedule",
  summary: "Lets it tick no more until it is enabled",
  tags,
  scope: "schedules:write",
  request: { params: idParam },
  responses: { 200: one, ...problems("not_found") },
});

export const runScheduleRoute = contract({
  method: "post",
  path: "/api/schedules/{id}/run",
  operationId: "runSchedule",
  summary: "A tick now, by its rule for overlaps: 409 where that is to skip it",
  tags,
  scope: "schedules:write",
  request: { params: idParam },
  responses: { 202: jsonAnswer(tickSchema, "The tick"), ...problems("not_found", "conflict") },
});

export const listTicksRoute = contract({
  method: "get",
  path: "/api/schedules/{id}/ticks",
  operationId: "listScheduleTicks",
  summary: "What became of its ticks, the newest first; kept for 30 days",
  tags,
  scope: "schedules:read",
  request: { params: idParam, query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(tickSchema), "A page of ticks"), ...problems("not_found") },
});
