import type { Context, MiddlewareHandler, Next } from "hono";
import { matchedRoutes } from "hono/route";
import type { Config } from "../../lib/config.ts";
import { createContext } from "../../lib/context.ts";
import { ANONYMOUS } from "../../lib/kernel/actors.ts";
import { newId } from "../../lib/kernel/ids.ts";
import { authenticate } from "../../lib/identity/mod.ts";
import type { Ports } from "../../lib/ports/mod.ts";
import type { AppEnv } from "../env.ts";
import { onError } from "../problem.ts";
import { createAddressReader } from "./address.ts";
import { limitFor, readBody } from "./body.ts";
import { idempotency } from "./idempotency.ts";
import { generalLimits, takeOrRefuse } from "./limits.ts";

const BODYLESS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * What every request passes, in this order: body limit and time-outs, address limit, authentication, actor
 * limit; the scope is the contract's (routes/router.ts). Afterwards the headers and the request's log line.
 * It is one function because every async layer of Hono costs throughput.
 */
export function createGate({ ports, config }: { ports: Ports; config: Config }): MiddlewareHandler<AppEnv> {
  const limits = generalLimits(config.server);
  const addressOf = createAddressReader(config.server.trustedProxies);
  const origins = new Set(config.server.corsOrigins);

  async function pass(c: Context<AppEnv>, next: Next): Promise<Response | void> {
    const request = c.req.raw;
    if (!BODYLESS.has(request.method) && request.body !== null) {
      const limit = limitFor(request.headers.get("content-type") ?? "", config.server.maxUploadBytes);
      const bytes = await readBody(request, limit);
      c.req.raw = new Request(request.url, { method: request.method, headers: request.headers, body: bytes });
    }
    const { address } = c.var.ctx;
    const limited = takeOrRefuse(ports.limiter, { policy: limits.address, subject: address ?? "unknown" });
    if (limited !== undefined) await limited;

    const authorization = request.headers.get("authorization");
    const apiKey = request.headers.get("x-api-key");
    if (authorization !== null || apiKey !== null) {
      const workspace = request.headers.get("x-workspace-id");
      const pending = authenticate({ ports, config }, { authorization, apiKey, workspace });
      const who = pending instanceof Promise ? await pending : pending;
      c.set(
        "ctx",
        createContext({
          ...who,
          ports,
          config,
          address,
          requestId: c.var.ctx.requestId,
          signal: request.signal,
        }),
      );
      const taken = takeOrRefuse(ports.limiter, { policy: limits.actor, subject: who.actor.id });
      if (taken !== undefined) await taken;
    }
    if (request.method === "POST" && request.headers.has("idempotency-key")) {
      return await idempotency(c, next);
    }
    await next();
  }

  return async function gate(c, next) {
    const started = performance.now();
    const { headers } = c.req.raw;
    const address = addressOf(c.env?.remoteAddress ?? null, headers.get("x-forwarded-for"));
    const requestId = newId("request");
    c.set("ctx", createContext({ ports, config, actor: ANONYMOUS, workspaceId: null, requestId, address }));
    const preflight = c.req.method === "OPTIONS" && headers.has("access-control-request-method");
    try {
      const early = preflight ? new Response(null, { status: 204 }) : await pass(c, next);
      if (early !== undefined) c.res = early;
    } catch (thrown) {
      c.res = onError(thrown, c);
    }
    const { res } = c;
    if (res.status !== 101) {
      writeHeaders(res.headers, requestId);
      const origin = headers.get("origin");
      if (origin !== null && (origins.has(origin) || origins.has("*"))) {
        allowOrigin(res.headers, { origin, preflight });
      }
    }
    const { ctx, code } = c.var;
    const route = routeOf(c);
    const ms = Math.round((performance.now() - started) * 100) / 100;
    ports.meter.request(route, { status: res.status, ms });
    ports.log.request({
      request_id: requestId,
      method: c.req.method,
      route,
      status: res.status,
      ms,
      actor: ctx.actor.id,
      workspace: ctx.workspaceIdOrNull,
      ...(code === undefined ? {} : { code }),
    });
  };
}

/** Written here once: Hono's stock middlewares for the same cost half of the throughput. */
function writeHeaders(headers: Headers, requestId: string): void {
  headers.set("x-request-id", requestId);
  headers.set("x-content-type-options", "nosniff");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
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
  const routes = matchedRoutes(c);
  const last = routes.findLast((route) => !route.path.endsWith("*"));
  return last === undefined ? "none" : last.path.replace(/:([a-z_]+)(\{[^}]*\})?/g, "{$1}");
}
