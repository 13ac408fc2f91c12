import type { Context } from "hono";
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
import type { Answer, Gate, Route } from "../gated-paths.ts";
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
export function createGate({ ports, config, shutdown = null, sendBytes }: GateOptions): Gate {
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
  function pass(visit: Visit): Answer {
    if (shutdown?.aborted) {
      throw new AppError("shutting_down", "The server is stopping: ask again in a moment", {
        retryAfterMs: SECOND,
      });
    }
    const { c, route, method } = visit;
    if (method !== "GET" && method !== "HEAD") return passWithBody(visit);
    const admitted = admit(visit);
    return admitted === undefined ? route.run(c) : admitted.then(() => route.run(c));
  }

  async function passWithBody(visit: Visit): Promise<Response | void> {
    const { c, method } = visit;
    const request = c.req.raw;
    const carries = method !== "OPTIONS" && hasBody(request);
    const upload = carries && isUpload(c.req.path, request.headers.get("content-type") ?? "");
    if (carries && isLargeMail(c.req.path, request)) {
      refuseAnnounced(request, BODY_LIMITS.mail);
      return await mails(async () => {
        const body = await takeBody(c);
        await admit(visit);
        return await answer(visit, body);
      });
    }
    const body = carries && !upload ? await takeBody(c) : NO_BODY;
    if (upload) refuseAnnounced(request, { maxBytes: config.server.maxUploadBytes, timeoutMs: 0 });
    await admit(visit);
    return upload ? await passUpload(visit) : await answer(visit, body);
  }

  async function answer(
    { c, route, method }: Visit,
    body: Uint8Array<ArrayBuffer>,
  ): Promise<Response | void> {
    if (method !== "POST" || !c.req.raw.headers.has("idempotency-key")) return await route.run(c);
    // The key keeps refusals too, so they are answers here already.
    const next = async () => {
      try {
        const late = await route.run(c);
        if (late !== undefined) c.res = late;
      } catch (thrown) {
        c.res = onError(thrown, c);
      }
    };
    return await idempotency(c, { next, body }) ?? c.res;
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
  async function passUpload(visit: Visit): Promise<Response | void> {
    const { c } = visit;
    if (c.var.ctx.actor.kind === "anonymous") throw new AppError("unauthorized", "Sign in to send files");
    return await uploads(async () => await answer(visit, await takeBody(c)));
  }

  function refuse(visit: Visit, thrown: unknown): Response {
    const { c } = visit;
    if (c.get("ctx") === undefined) enter(visit, NOBODY);
    return onError(thrown, c);
  }

  /** The headers that every answer has, then the figures and the log line. */
  function finish(visit: Visit, answer: Response | void): Response {
    const { c, requestId, route: { name: route }, method, origin } = visit;
    const res = answer ?? c.res;
    const { status } = res;
    // Hono answers HEAD by GET and drops the body: a stream would wait for ever for its reader.
    if (method === "HEAD") res.body?.cancel().catch(() => {});
    if (status !== 101) {
      if (res !== visit.built) writeHeaders(res.headers, requestId);
      if (origin !== null && (origins.has(origin) || origins.has("*"))) {
        allowOrigin(res.headers, { origin, preflight: isPreflight(visit) });
      }
    }
    // `c.var` would make an object of all of them.
    const ctx: Ctx | undefined = c.get("ctx");
    const ms = Math.round((performance.now() - visit.started) * 100) / 100;
    ports.meter.request(route, { status, ms });
    const event = {
      request_id: requestId,
      method,
      route,
      status,
      ms,
      actor: ctx?.actor.id ?? ANONYMOUS.id,
      workspace: ctx?.workspaceIdOrNull ?? null,
    };
    const code = c.get("code");
    ports.log.request(code === undefined ? event : { ...event, code });
    return res;
  }

  return function gate(c, route) {
    const visit = new Visit(c, route, addressOf(c.env?.remoteAddress ?? null, c.req.raw.headers));
    quickJson(visit);
    let answer: Answer;
    try {
      answer = isPreflight(visit) ? new Response(null, { status: 204 }) : pass(visit);
    } catch (thrown) {
      answer = refuse(visit, thrown);
    }
    if (!(answer instanceof Promise)) return finish(visit, answer);
    return answer.then(
      (late) => finish(visit, late),
      (thrown) => finish(visit, refuse(visit, thrown)),
    );
  };
}

/**
 * One request on its way. A class: V8 notes of object literals how long they live, and makes those of a place that
 * once seemed long-lived in the old space from then on, with all that they hold (2 us and 5 kB of each request).
 */
class Visit implements Answering {
  readonly requestId: string = newId("request");
  readonly started: number = performance.now();
  readonly method: string;
  readonly origin: string | null;
  built: Response | null = null;

  constructor(
    readonly c: Context<AppEnv>,
    readonly route: Route,
    readonly address: string | null,
  ) {
    const { method, headers } = c.req.raw;
    this.method = method;
    this.origin = headers.get("origin");
  }
}

function isPreflight({ method, c }: Visit): boolean {
  return method === "OPTIONS" && c.req.raw.headers.has("access-control-request-method");
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
