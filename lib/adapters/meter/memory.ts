import type { Meter, ProcessFigures, RouteFigures, RunOutcome } from "../../ports/meter.ts";
import { Buckets } from "./histogram.ts";

/** What a name made up by somebody outside could fill. */
const MOST_NAMES = 500;

interface RouteCounts {
  /** By the first digit of the status. */
  readonly statuses: Uint32Array;
  readonly latency: Buckets;
}

interface LaneCounts {
  readonly wait: Buckets;
  readonly run: Buckets;
}

interface RunCounts {
  readonly job: string;
  readonly lane: string;
  readonly outcome: RunOutcome;
  count: number;
}

/** Counts in memory: a histogram a route and a lane, a number a job's name and outcome. */
export function createMemoryMeter(readProcess: () => ProcessFigures): Meter {
  const routes = new Map<string, RouteCounts>();
  const lanes = new Map<string, LaneCounts>();
  const runs = new Map<string, RunCounts>();
  const strays = { rejection: 0, exception: 0 };
  return {
    request(route, { status, ms }) {
      const counts = known(routes, route, () => ({ statuses: new Uint32Array(10), latency: new Buckets() }));
      if (counts === null) return;
      counts.latency.add(ms);
      const first = Math.trunc(status / 100);
      counts.statuses[first] = (counts.statuses[first] ?? 0) + 1;
    },
    run({ job, lane, outcome, waitMs, ms }) {
      const ofLane = known(lanes, lane, () => ({ wait: new Buckets(), run: new Buckets() }));
      ofLane?.wait.add(waitMs);
      ofLane?.run.add(ms);
      const counts = known(runs, `${job} ${outcome}`, () => ({ job, lane, outcome, count: 0 }));
      if (counts !== null) counts.count++;
    },
    stray: (kind) => void strays[kind]++,
    routes: () =>
      [...routes].map(([route, counts]) => figures(route, counts)).sort((a, b) => b.requests - a.requests),
    process: readProcess,
    series: () => ({
      routes: [...routes].map(([route, { statuses, latency }]) => ({
        route,
        statuses: Object.fromEntries(
          [...statuses].flatMap((count, first) => count === 0 ? [] : [[`${first}xx`, count]]),
        ),
        latency: latency.histogram(),
      })),
      lanes: [...lanes].map(([lane, { wait, run }]) => ({
        lane,
        wait: wait.histogram(),
        run: run.histogram(),
      })),
      runs: [...runs.values()].map((counts) => ({ ...counts })),
      strays: { ...strays },
    }),
  };
}

/** The counts of a name, made at its first use; null when there are too many names. */
function known<T>(all: Map<string, T>, name: string, make: () => T): T | null {
  let counts = all.get(name);
  if (counts === undefined) {
    if (all.size >= MOST_NAMES) return null;
    all.set(name, counts = make());
  }
  return counts;
}

function figures(route: string, { statuses, latency }: RouteCounts): RouteFigures {
  return {
    route,
    requests: latency.count,
    errors: statuses[5] ?? 0,
    p50_ms: latency.percentile(0.5),
    p95_ms: latency.percentile(0.95),
    p99_ms: latency.percentile(0.99),
  };
}
