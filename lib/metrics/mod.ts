import type { Ctx } from "../context.ts";
import { jobStats, listWorkers } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { type Family, render } from "./families.ts";
import { databaseSize } from "./store.ts";

const SECONDS = 1 / 1000;

/** The figures of this process and of the database as Prometheus reads them. Platform only: they span all workspaces. */
export async function prometheusText(ctx: Ctx): Promise<string> {
  requireScope(ctx, "platform:read");
  const ping = await ctx.ports.database.ping();
  const families = [
    ...processFamilies(ctx),
    ...httpFamilies(ctx),
    ...await jobFamilies(ctx),
    ...await workerFamilies(ctx),
    ...await databaseFamilies(ctx, ping),
  ];
  return render(families);
}

function gauge(name: string, help: string, value: number): Family {
  return { name, help, type: "gauge", values: [{ value }] };
}

function processFamilies(ctx: Ctx): Family[] {
  const { uptime_s, rss_bytes, heap_used_bytes, load_average } = ctx.ports.meter.process();
  const { strays } = ctx.ports.meter.series();
  return [
    gauge("uptime_seconds", "Since the process started", uptime_s),
    gauge("resident_memory_bytes", "Memory of the process", rss_bytes),
    gauge("heap_used_bytes", "Of it, JavaScript's heap", heap_used_bytes),
    ...load_average === null ? [] : [gauge("load_average", "Of the machine, over a minute", load_average)],
    {
      name: "stray_errors",
      help: "Errors that nothing waited for, logged and survived: each is a fault of the program",
      type: "counter",
      values: Object.entries(strays).map(([kind, value]) => ({ labels: { kind }, value })),
    },
  ];
}

function httpFamilies(ctx: Ctx): Family[] {
  const { routes } = ctx.ports.meter.series();
  return [{
    name: "http_requests",
    help: "Requests by route and status class",
    type: "counter",
    values: routes.flatMap(({ route, statuses }) =>
      Object.entries(statuses).map(([status, value]) => ({ labels: { route, status }, value }))
    ),
  }, {
    name: "http_request_duration_seconds",
    help: "Until the answer was ready",
    type: "histogram",
    values: routes.map(({ route, latency: histogram }) => ({ labels: { route }, histogram })),
  }];
}

async function jobFamilies(ctx: Ctx): Promise<Family[]> {
  const { lanes: measured, runs } = ctx.ports.meter.series();
  const { lanes, delayed, running, dead } = await jobStats(ctx);
  const now = ctx.now();
  return [
    {
      name: "jobs_ready",
      help: "Jobs that could start, by lane; counted to 10,000",
      type: "gauge",
      values: lanes.map(({ lane, ready }) => ({ labels: { lane }, value: ready })),
    },
    {
      name: "jobs_oldest_ready_seconds",
      help: "How long the first job of a lane has waited",
      type: "gauge",
      values: lanes.map(({ lane, oldestReadyAt }) => ({
        labels: { lane },
        value: oldestReadyAt === null ? 0 : Math.max(0, now - oldestReadyAt) * SECONDS,
      })),
    },
    gauge("jobs_delayed", "Jobs that wait for their time; counted to 10,000", delayed),
    gauge("jobs_running", "Jobs under a lease; counted to 10,000", running),
    gauge("jobs_dead", "Dead letters; counted to 10,000", dead),
    {
      name: "job_runs",
      help: "Runs of this process that ended, by job and outcome",
      type: "counter",
      values: runs.map(({ job, lane, outcome, count }) => ({ labels: { job, lane, outcome }, value: count })),
    },
    {
      name: "job_wait_seconds",
      help: "From when a job was due until it began",
      type: "histogram",
      values: measured.map(({ lane, wait: histogram }) => ({ labels: { lane }, histogram })),
    },
    {
      name: "job_run_duration_seconds",
      help: "From then to its end",
      type: "histogram",
      values: measured.map(({ lane, run: histogram }) => ({ labels: { lane }, histogram })),
    },
  ];
}

async function workerFamilies(ctx: Ctx): Promise<Family[]> {
  const workers = await listWorkers(ctx);
  const each = (name: string, help: string, value: (worker: typeof workers[number]) => number): Family => ({
    name,
    help,
    type: "gauge",
    values: workers.map((worker) => ({
      labels: { worker: worker.id, host: worker.host },
      value: value(worker),
    })),
  });
  return [
    each("worker_running", "Jobs that a worker holds", ({ running }) => running),
    each("worker_cpu_cores", "Cores that a worker uses", ({ cpu }) => cpu),
    each("worker_resident_memory_bytes", "Memory of a worker", ({ rssBytes }) => rssBytes),
    {
      name: "worker_capacity",
      help: "Jobs that a worker runs at once, by lane",
      type: "gauge",
      values: workers.flatMap(({ id: worker, lanes }) =>
        Object.entries(lanes).map(([lane, value]) => ({ labels: { worker, lane }, value }))
      ),
    },
  ];
}

async function databaseFamilies(ctx: Ctx, ping: number): Promise<Family[]> {
  const { database } = ctx.ports;
  const stats = database.stats?.();
  const size = database.kind === "file" ? await databaseSize(ctx) : null;
  const counter = (name: string, help: string, value: number): Family => ({
    name,
    help,
    type: "counter",
    values: [{ value }],
  });
  return [
    gauge("db_ping_seconds", "One trivial read", ping * SECONDS),
    ...size === null ? [] : [
      gauge("db_size_bytes", "The database's file", size.bytes),
      gauge("db_free_bytes", "Of it, what holds nothing", size.freeBytes),
    ],
    ...stats === undefined ? [] : [
      counter("db_commits", "Commits, each with one sync of the disk", stats.groups),
      counter("db_transactions", "Transactions in them", stats.members),
    ],
  ];
}
