import type { Context, MiddlewareHandler, Next } from "hono";
import { matchedRoutes } from "hono/route";
import type { Config } from "../../lib/config.ts";
import { createContext } from "../../lib/context.ts";
import { ANONYMOUS } from "../../lib/kernel/actors.ts";
import { addressBlock } from "../../lib/kernel/address.ts";
import { AppError } from "../../lib/kernel/errors.ts";
import { SECOND } from "../../lib/kernel/clock.ts";
import { newId } from "../../lib/kernel/ids.ts";
import { authenticate, type Authenticated } from "../../lib/identity/mod.ts";
import type { Ports } from "../../lib/ports/mod.ts";
import type { AppEnv } from "../env.ts";
import { onError } from "../problem.ts";
import { createAddressReader } from "./address.ts";
import { isHook, isUpload, limitFor, readBody, refuseAnnounced } from "./body.ts";
import { idempotency } from "./idempotency.ts";
import { quickJson, writeHeaders } from "./headers.ts";
import { generalLimits, takeOrRefuse } from "./limits.ts";

const BODYLESS = new Set(["GET", "HEAD", "OPTIONS"]);
const NO_BODY = new Uint8Array();
const MAX_UPLOADS = 8;

export interface GateOptions {
  readonly ports: Ports;
  readonly config: Config;
  /** Aborted when the server begins to stop: what comes after is sent away to come back. */
  readonly shutdown?: AbortSignal | null;
}

/**
 * What every request passes, in this order: body limit and time-outs, address limit, authentication, actor
 * limit; the scope is the contract's (routes/router.ts). Files are read last, for callers who are known. Afterwards
 * the headers and the request's log line.
 * It is one function because every async layer of Hono costs throughput.
 */
export function createGate({ ports, config, shutdown = null }: GateOptions): MiddlewareHandler<AppEnv> {
  const limits = generalLimits(config.server);
  const addressOf = createAddressReader(config.server.trustedProxies);
  const origins = new Set(config.server.corsOrigins);
  const place = { ports, config };
  let uploads = 0;

  /** Lets the caller in up to the contract's own scope, or throws. */
  function admit(
    c: Context<AppEnv>,
    caller: { address: string | null; requestId: string },
  ): void | Promise<void> {
    const { headers } = c.req.raw;
    // Wrong signatures have a limit of their own.
    if (isHook(c.req.path)) return enter({ actor: ANONYMOUS, workspaceId: null });
    const limited = takeOrRefuse(ports.limiter, {
      policy: limits.address,
      subject: caller.address === null ? "unknown" : addressBlock(caller.address),
    });
    if (limited !== undefined) return limited.then(() => identify());
    return identify();

    function identify(): void | Promise<void> {
      const authorization = headers.get("authorization");
      const apiKey = headers.get("x-api-key");
      if (authorization === null && apiKey === null) return enter({ actor: ANONYMOUS, workspaceId: null });
      const who = authenticate(place, { authorization, apiKey, workspace: headers.get("x-workspace-id") });
      return who instanceof Promise ? who.then(count) : count(who);
    }

    function count(who: Authenticated): void | Promise<void> {
      enter(who);
      return takeOrRefuse(ports.limiter, { policy: limits.actor, subject: who.actor.id });
    }

    function enter({ actor, workspaceId }: Authenticated): void {
      c.set("ctx", createContext({ ...place, ...caller, actor, workspaceId }));
    }
  }

  async function pass(
    c: Context<AppEnv>,
    { next, caller }: { next: Next; caller: Caller },
  ): Promise<Response | void> {
    if (shutdown?.aborted) {
      throw new AppError("shutting_down", "The server is stopping: ask again in a moment", {
        retryAfterMs: SECOND,
      });
    }
    const request = c.req.raw;
    const carries = !BODYLESS.has(request.method) && request.body !== null;
    const upload = carries && isUpload(c.req.path, request.headers.get("content-type") ?? "");
    const body = carries && !upload ? await takeBody(c) : NO_BODY;
    if (upload) refuseAnnounced(request, { maxBytes: config.server.maxUploadBytes, timeoutMs: 0 });
    const admitted = admit(c, caller);
    if (admitted !== undefined) await admitted;
    if (upload) return await passUpload(c, next);
    if (request.method === "POST" && request.headers.has("idempotency-key")) {
      return await idempotency(c, { next, body });
    }
    await next();
  }

  async function takeBody(c: Context<AppEnv>): Promise<Uint8Array<ArrayBuffer>> {
    const { raw, path } = c.req;
    const contentType = raw.headers.get("content-type") ?? "";
    const body = await readBody(raw, limitFor({ path, contentType }, config.server.maxUploadBytes));
    c.req.raw = new Request(raw.url, { method: raw.method, headers: raw.headers, body });
    return body;
  }

  /** Files are held in memory while they are read: for callers who are known, and for a few at a time. */
  async function passUpload(c: Context<AppEnv>, next: Next): Promise<Response | void> {
    if (c.var.ctx.actor.kind === "anonymous") throw new AppError("unauthorized", "Sign in to send files");
    if (uploads >= MAX_UPLOADS) {
      throw new AppError("busy", `${MAX_UPLOADS} uploads are under way: try again soon`, {
        retryAfterMs: 5 * SECOND,
      });
    }
    uploads++;
    try {
      const body = await takeBody(c);
      if (c.req.raw.headers.has("idempotency-key")) return await idempotency(c, { next, body });
      await next();
    } finally {
      uploads--;
    }
  }

  return async function gate(c, next) {
    const started = performance.now();
    const { method, headers } = c.req.raw;
    const caller: Caller = {
      requestId: newId("request"),
      address: addressOf(c.env?.remoteAddress ?? null, headers),
    };
    const isBuiltHere = quickJson(c, caller.requestId);
    const origin = headers.get("origin");
    const preflight = method === "OPTIONS" && headers.has("access-control-request-method");
    try {
      const early = preflight ? new Response(null, { status: 204 }) : await pass(c, { next, caller });
      if (early !== undefined) c.res = early;
    } catch (thrown) {
      if (c.var.ctx === undefined) {
        c.set("ctx", createContext({ ...place, ...caller, actor: ANONYMOUS, workspaceId: null }));
      }
      c.res = onError(thrown, c);
    }
    const { res } = c;
    if (res.status !== 101) {
      if (!isBuiltHere(res)) writeHeaders(res.headers, caller.requestId);
      if (origin !== null && (origins.has(origin) || origins.has("*"))) {
        allowOrigin(res.headers, { origin, preflight });
      }
    }
    const { ctx, code } = c.var;
    const route = routeOf(c);
    const ms = Math.round((performance.now() - started) * 100) / 100;
    ports.meter.request(route, { status: res.status, ms });
    ports.log.request({
      request_id: caller.requestId,
      method,
      route,
      status: res.status,
      ms,
      actor: ctx?.actor.id ?? ANONYMOUS.id,
      workspace: ctx?.workspaceIdOrNull ?? null,
      ...(code === undefined ? {} : { code }),
    });
  };
}

interface Caller {
  readonly requestId: string;
  readonly address: string | null;
}

function allowOrigin(headers: Headers, { origin, preflight }: { origin: string; preflight: boolean }): void {
  headers.set("access-control-allow-origin", origin);
  headers.append("vary", "origin");
  headers.set("access-control-expose-headers", "x-request-id, retry-after, idempotency-replayed");
  if (!preflight) return;
  headers.set("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE");
  headers.set(
    "access-control-allow-headers",
    "authorization, content-type, idempotency-key, if-match, last-event-id, x-api-key, x-workspace-id",
  );
  headers.set("access-control-max-age", "600");
}

/** The pattern of the route that answered, `/api/conversations/{id}`, so that log lines can be counted by it. */
function routeOf(c: Context<AppEnv>): string {
  const { path } = matchedRoutes(c).at(-1) ?? { path: "none" };
  let name = routeNames.get(path);
  if (name === undefined) {
    name = path.endsWith("*") ? "none" : path.replace(/:([a-z_]+)(\{[^}]*\})?/g, "{$1}");
    routeNames.set(path, name);
  }
  return name;
}

const routeNames = new Map<string, string>();
