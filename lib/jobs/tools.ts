import { z } from "zod";
import type { Ctx } from "../context.ts";
import { iso, isoOrNull } from "../kernel/clock.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import type { Page } from "../kernel/page.ts";
import { page } from "../kernel/tool-shapes.ts";
import { cancelJob, jobStats, listDead, listJobs, retryDead, stateName } from "./desk.ts";
import { listSchedules } from "./schedules.ts";
import { JOB_STATE, type JobRow } from "./store.ts";

const STATES = Object.keys(JOB_STATE) as (keyof typeof JOB_STATE)[];

const jobOut = z.object({
  id: z.string(),
  name: z.string(),
  lane: z.string(),
  state: z.string(),
  attempts: z.number(),
  max_attempts: z.number(),
  run_at: z.string(),
  created_at: z.string(),
  finished_at: z.string().nullable(),
  last_error: z.string().nullable(),
});
const pageOut = z.object({ data: z.array(jobOut), next_cursor: z.string().nullable() });
const platform = z.boolean().default(false).describe("Jobs of the platform in place of the workspace's");
const one = z.object({ id: z.string().min(1).describe("The job's id"), platform });

/** Without the payload, which may hold what a customer wrote. */
export function toJobDto(job: JobRow): z.output<typeof jobOut> {
  return {
    id: job.id,
    name: job.name,
    lane: job.lane,
    state: stateName(job.state),
    attempts: job.attempts,
    max_attempts: job.maxAttempts,
    run_at: iso(job.runAt),
    created_at: iso(job.createdAt),
    finished_at: isoOrNull(job.finishedAt),
    last_error: job.lastError,
  };
}

function toPageDto({ data, next_cursor }: Page<JobRow>): z.output<typeof pageOut> {
  return { data: data.map(toJobDto), next_cursor };
}

export const jobTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "jobs.list",
    summary: "List recent jobs, newest first",
    scope: "jobs:read",
    destructive: false,
    input: z.object({
      ...page.shape,
      state: z.enum(STATES).optional(),
      name: z.string().max(100).optional(),
      platform,
    }),
    output: pageOut,
    run: async (ctx: Ctx, input) => toPageDto(await listJobs(ctx, input)),
  }),
  defineTool({
    name: "jobs.dead",
    summary: "List the dead letters: jobs that failed for good",
    scope: "jobs:read",
    destructive: false,
    input: z.object({ ...page.shape, platform }),
    output: pageOut,
    run: async (ctx: Ctx, input) => toPageDto(await listDead(ctx, input)),
  }),
  defineTool({
    name: "jobs.retry",
    summary: "Start a dead letter over, with all its attempts",
    scope: "jobs:write",
    destructive: false,
    input: one,
    output: jobOut,
    run: async (ctx: Ctx, input) => toJobDto(await retryDead(ctx, input)),
  }),
  defineTool({
    name: "jobs.cancel",
    summary: "Cancel a job that has not ended",
    scope: "jobs:write",
    destructive: true,
    input: one,
    output: jobOut,
    run: async (ctx: Ctx, input) => toJobDto(await cancelJob(ctx, input)),
  }),
  defineTool({
    name: "jobs.stats",
    summary: "Count what waits and runs, by lane",
    scope: "platform:read",
    destructive: false,
    input: z.object({}),
    output: z.object({
      lanes: z.array(
        z.object({ lane: z.string(), ready: z.number(), oldest_ready_at: z.string().nullable() }),
      ),
      delayed: z.number(),
      running: z.number(),
      dead: z.number(),
    }),
    run: async (ctx: Ctx) => {
      const { lanes, delayed, running, dead } = await jobStats(ctx);
      return {
        lanes: lanes.map(({ lane, ready, oldestReadyAt }) => ({
          lane,
          ready,
          oldest_ready_at: isoOrNull(oldestReadyAt),
        })),
        delayed,
        running,
        dead,
      };
    },
  }),
  defineTool({
    name: "jobs.recurring",
    summary: "List what recurs of the system's own, with the next and the last tick",
    scope: "platform:read",
    destructive: false,
    input: z.object({}),
    output: z.object({
      data: z.array(z.object({
        name: z.string(),
        cron: z.string(),
        zone: z.string(),
        enabled: z.boolean(),
        next_at: z.string(),
        last_at: z.string().nullable(),
      })),
    }),
    run: async (ctx: Ctx) => ({
      data: (await listSchedules(ctx)).map(({ name, cron, zone, enabled, nextAt, lastAt }) => ({
        name,
        cron,
        zone,
        enabled,
        next_at: iso(nextAt),
        last_at: isoOrNull(lastAt),
      })),
    }),
  }),
];
