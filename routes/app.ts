import type { Config } from "../lib/config.ts";
import type { JobRegistry, Schedule } from "../lib/jobs/mod.ts";
import { AppError } from "../lib/kernel/errors.ts";
import type { Assets } from "../lib/ports/assets.ts";
import type { CallbackVerifier } from "../lib/ports/callbacks.ts";
import type { Ports } from "../lib/ports/mod.ts";
import type { Traces } from "../lib/ports/traces.ts";
import type { Bindings } from "./env.ts";
import { type Gate, GatedPaths } from "./gated-paths.ts";
import { createGate } from "./middleware/gate.ts";
import { mountPath } from "./paths.ts";
import { onError } from "./problem.ts";
import { createRouter } from "./router.ts";
import { mountRoutes } from "./mounts.ts";

export interface AppOptions {
  readonly ports: Ports;
  readonly config: Config;
  /** Files of the pages; without it (null) only the API is served. */
  readonly assets?: Assets | null;
  /** Aborted when the server begins to stop: live streams then end in order. */
  readonly shutdown?: AbortSignal | null;
  /** What the server sends in one piece when it knows an answer's length; none: any length. */
  readonly sendBytes?: number;
  /** Proves callbacks for jobs; null: nobody may call. */
  readonly callbacks?: CallbackVerifier | null;
  /** Runs the jobs that callbacks name. */
  readonly registry?: JobRegistry;
  /** Ticked where a callback wakes the sweeper, as far as the registry runs their jobs. */
  readonly schedules?: readonly Schedule[];
}

export interface App {
  fetch(request: Request, bindings?: Bindings): Response | Promise<Response>;
}

/** The whole HTTP surface. The same for every place that Cauce runs in; entry points differ in their ports. */
export function createApp(options: AppOptions): App {
  const gate = traced(createGate(options), options.ports.traces);
  const app = createRouter({ getPath: mountPath, router: new GatedPaths(gate) });
  app.onError(onError);
  app.notFound((c) => {
    const detail = `There is no ${c.req.method} ${c.req.path}; /openapi.json lists what there is`;
    return onError(new AppError("route_not_found", detail), c);
  });
  mountRoutes(app, options);
  return { fetch: (request, bindings = {}) => app.fetch(request, bindings) };
}

/** The gate itself where nobody follows requests. */
function traced(gate: Gate, traces: Traces | null): Gate {
  if (traces === null) return gate;
  return (c, route) => {
    traces.request(c.req.method, route.name);
    return gate(c, route);
  };
}
