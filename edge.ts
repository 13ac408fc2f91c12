/** The composition root on edge runtimes: the same app, over libSQL, Redis and queues that are reached by fetch. */
import { type EdgeHost, openEdgeHost } from "./compose-edge.ts";
import { type Lifetime, within } from "./lib/adapters/environment/isolate.ts";
import { MINUTE } from "./lib/kernel/clock.ts";
import { AppError, messageOf } from "./lib/kernel/errors.ts";
import { newId } from "./lib/kernel/ids.ts";
import { flushKeyUse } from "./lib/identity/mod.ts";
import { createRegistry } from "./lib/jobs/mod.ts";
import { type App, createApp } from "./routes/app.ts";
import { problemResponse } from "./routes/problem.ts";
import { edgeHandlers } from "./workers/registry-edge.ts";
import { schedules } from "./workers/schedules.ts";

interface Isolate {
  readonly app: App;
  readonly host: EdgeHost;
  keyUseAt: number;
}

let isolate: Isolate | undefined;

/** Once an isolate, at its first request: before it there are no variables. */
function open(environment: Readonly<Record<string, unknown>>): Isolate {
  const texts = Object.entries(environment).filter((entry): entry is [string, string] =>
    typeof entry[1] === "string"
  );
  const host = openEdgeHost(Object.fromEntries(texts));
  const { ports, config, assets, callbacks } = host;
  const registry = createRegistry(edgeHandlers);
  const app = createApp({ ports, config, assets, callbacks, registry, schedules });
  return { host, app, keyUseAt: Date.now() };
}

function refusal(thrown: unknown): Response {
  // deno-lint-ignore no-console -- there is no logger without settings
  console.error(messageOf(thrown));
  const detail = "The settings have problems: the platform's log lists them";
  return problemResponse(new AppError("not_configured", detail), newId("request"));
}

/** What a platform tells of a request beside it. */
export interface Surroundings extends Lifetime {
  readonly environment: Readonly<Record<string, unknown>>;
  /** The caller's address, from a source that callers can't write; null: unknown. */
  readonly peer: string | null;
  /** Aborted when the caller leaves. */
  readonly gone?: AbortSignal;
}

/** Serves one request in this isolate. */
export async function serveAtEdge(request: Request, around: Surroundings): Promise<Response> {
  try {
    isolate ??= open(around.environment);
  } catch (thrown) {
    return refusal(thrown);
  }
  const { app, host } = isolate;
  if (Date.now() - isolate.keyUseAt >= MINUTE) {
    isolate.keyUseAt = Date.now();
    around.waitUntil(flushKeyUse(host.context).catch(() => {}));
  }
  const bindings = {
    ...(around.peer === null ? {} : { remoteAddress: around.peer }),
    ...(around.gone === undefined ? {} : { gone: around.gone }),
  };
  return await within(around, () => app.fetch(request, bindings));
}

/** The worker of Cloudflare, which writes `cf-connecting-ip` itself. */
export default {
  fetch(
    request: Request,
    environment: Readonly<Record<string, unknown>>,
    lifetime: Lifetime,
  ): Promise<Response> {
    const peer = request.headers.get("cf-connecting-ip");
    const waitUntil = (work: Promise<unknown>) => lifetime.waitUntil(work);
    return serveAtEdge(request, { environment, peer, waitUntil, gone: request.signal });
  },
};
