import type { Context, MiddlewareHandler, Next } from "hono";
import { matchedRoutes } from "hono/route";
import type { Config } from "../../lib/config.ts";
import { createContext, type Ctx } from "../../lib/context.ts";
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
import {
  BODY_LIMITS,
  hasBody,
  isHook,
  isLargeMail,
  isUpload,
  keepBody,
  limitFor,
  readBody,
  refuseAnnounced,
} from "./body.ts";
import { idempotency } from "./idempotency.ts";
import { type Answering, createQuickJson, writeHeaders } from "./headers.ts";
import { generalLimits, takeOrRefuse } from "./limits.ts";

const NOBODY: Authenticated = { actor: ANONYMOUS, workspaceId: null };
const NO_BODY = new Uint8Array();
const MAX_UPLOADS = 8;
const MAX_LARGE_MAILS = 4;

/** Lets so many in at a time; throws AppError `busy` for more. */
function createRoom({ most, noun }: { readonly most: number; readonly noun: string }) {
  let inside = 0;
  return async function enter<T>(work: () => Promise<T>): Promise<T> {
    if (inside >= most) {
      throw new AppError("busy", `${most} ${noun} are under way: try again soon`, {
        retryAfterMs: 5 * SECOND,
      });
    }
    inside++;
    try {
      return await work();
    } finally {
      inside--;
    }
  };
}

export interface GateOptions {
  readonly ports: Ports;
  readonly config: Config;
  /** Aborted when the server begins to stop: what comes after is sent away to come back. */
  readonly shutdown?: AbortSignal | null;
  /** See createQuickJson; none: any length. */
  readonly sendBytes?: number;
}

/**
 * What every request passes, in this order: body limit and time-outs, address limit, authentication, actor
 * limit; the scope is the contract's (routes/router.ts). Files are read last, for callers who are known. Afterwards
 * the headers and the request's log line.
 * It is one function because every async layer of Hono costs throughput.
 */
export function createGate(
  { ports, config, shutdown = null, sendBytes }: GateOptions,
): MiddlewareHandler<AppEnv> {
  const quickJson = createQuickJson({ sendBytes });
  const limits = generalLimits(config.server);
  const addressOf = createAddressReader(config.server.trustedProxies);
  const origins = new Set(config.server.corsOrigins);
  const place = { ports, config };
  const uploads = createRoom({ most: MAX_UPLOADS, noun: "uploads" });
  const mails = createRoom({ most: MAX_LARGE_MAILS, noun: "large mails" });

  /** Lets the caller in up to the contract's own scope, or throws. Stays synchronous where nothing is awaited. */
  function admit(visit: Visit): void | Promise<void> {
    // Wrong signatures have a limit of their own.
    if (isHook(visit.c.req.path)) return enter(visit, NOBODY);
    const limited = takeOrRefuse(ports.limiter, {
      policy: limits.address,
      subject: visit.address === null ? "unknown" : addressBlock(visit.address),
    });
    return limited === undefined ? identify(visit) : limited.then(() => identify(visit));
  }

  function identify(visit: Visit): void | Promise<void> {
    const { headers } = visit.c.req.raw;
    const authorization = headers.get("authorization");
    // Where both are there, the first one counts.
    const apiKey = authorization === null ? headers.get("x-api-key") : null;
    if (authorization === null && apiKey === null) return enter(visit, NOBODY);
    const who = authenticate(place, { authorization, apiKey, workspace: headers.get("x-workspace-id") });
    return who instanceof Promise ? who.then((late) => count(visit, late)) : count(visit, who);
  }

  function count(visit: Visit, who: Authenticated): void | Promise<void> {
    enter(visit, who);
    return takeOrRefuse(ports.limiter, { policy: limits.actor, subject: who.actor.id });
  }

  function enter({ c, requestId, address }: Visit, { actor, workspaceId }: Authenticated): void {
    c.set("ctx", createContext({ ports, config, requestId, address, actor, workspaceId }));
  }

  /** The promise is the route's own where there is nothing to do besides. Throws also at once. */
  function pass(visit: Visit, next: Next): Promise<void> {
    if (shutdown?.aborted) {
      throw new AppError("shutting_down", "The server is stopping: ask again in a moment", {
        retryAfterMs: SECOND,
      });
    }
    const request = visit.c.req.raw;
    if (request.method !== "GET" && request.method !== "HEAD") return passWithBody(visit, next);
    const admitted = admit(visit);
    return admitted === undefined ? next() : admitted.then(next);
  }

  async function passWithBody(visit: Visit, next: Next): Promise<void> {
    const { c } = visit;
    const request = c.req.raw;
    const carries = request.method !== "OPTIONS" && hasBody(request);
    const upload = carries && isUpload(c.req.path, request.headers.get("content-type") ?? "");
    if (carries && isLargeMail(c.req.path, request)) {
      refuseAnnounced(request, BODY_LIMITS.mail);
      return await mails(async () => {
        const body = await takeBody(c);
        await admit(visit);
        await answer(c, { next, body });
      });
    }
    const body = carries && !upload ? await takeBody(c) : NO_BODY;
    if (upload) refuseAnnounced(request, { maxBytes: config.server.maxUploadBytes, timeoutMs: 0 });
    await admit(visit);
    if (upload) return await passUpload(c, next);
    await answer(c, { next, body });
  }

  async function answer(
    c: Context<AppEnv>,
    { next, body }: { next: Next; body: Uint8Array<ArrayBuffer> },
  ): Promise<void> {
    if (c.req.raw.method !== "POST" || !c.req.raw.headers.has("idempotency-key")) return await next();
    const early = await idempotency(c, { next, body });
    if (early !== undefined) c.res = early;
  }

  /** Leaves the body where Hono's request looks for it (`c.req.json()`, `c.req.arrayBuffer()`); the raw one is spent. */
  async function takeBody(c: Context<AppEnv>): Promise<Uint8Array<ArrayBuffer>> {
    const { raw, path } = c.req;
    const contentType = raw.headers.get("content-type") ?? "";
    const body = await readBody(raw, limitFor({ path, contentType }, config.server.maxUploadBytes));
    keepBody(c, body);
    return body;
  }

  /** Files are held in memory while they are read: for callers who are known, and for a few at a time. */
  async function passUpload(c: Context<AppEnv>, next: Next): Promise<void> {
    if (c.var.ctx.actor.kind === "anonymous") throw new AppError("unauthorized", "Sign in to send files");
    await uploads(async () => await answer(c, { next, body: await takeBody(c) }));
  }

  return async function gate(c, next) {
    const started = performance.now();
    const { method, headers } = c.req.raw;
    const requestId = newId("request");
    const address = addressOf(c.env?.remoteAddress ?? null, headers);
    const visit: Visit = { c, requestId, address, built: null };
    quickJson(visit);
    const origin = headers.get("origin");
    const preflight = method === "OPTIONS" && headers.has("access-control-request-method");
    try {
      if (preflight) c.res = new Response(null, { status: 204 });
      else await pass(visit, next);
    } catch (thrown) {
      if (c.get("ctx") === undefined) enter(visit, NOBODY);
      c.res = onError(thrown, c);
    }
    const { res } = c;
    if (res.status !== 101) {
      if (res !== visit.built) writeHeaders(res.headers, requestId);
      if (origin !== null && (origins.has(origin) || origins.has("*"))) {
        allowOrigin(res.headers, { origin, preflight });
      }
    }
    // `c.var` would make an object of all of them.
    const ctx: Ctx | undefined = c.get("ctx");
    const code = c.get("code");
    const route = routeOf(c);
    const { status } = res;
    const ms = Math.round((performance.now() - started) * 100) / 100;
    ports.meter.request(route, { status, ms });
    ports.log.request({
      request_id: requestId,
      method,
      route,
      status,
      ms,
      actor: ctx?.actor.id ?? ANONYMOUS.id,
      workspace: ctx?.workspaceIdOrNull ?? null,
      ...(code === undefined ? {} : { code }),
    });
  };
}

interface Visit extends Answering {
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
