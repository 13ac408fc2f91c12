import { iso } from "../../lib/kernel/clock.ts";
import { issueLiveTicket } from "../../lib/identity/mod.ts";
import { AppError, notAtTheEdge } from "../../lib/kernel/errors.ts";
import { createRouter, type Router } from "../router.ts";
import { issueTicketRoute, socketRoute, streamRoute } from "./contract.ts";
import { beatOf, follow, type LiveOptions, type Opening, openStream, typesOf } from "./opening.ts";
import { serveSocket } from "./socket.ts";
import { eventStream } from "./sse.ts";
import type { UpgradeWebSocket } from "./upgrade.ts";
import { toWireEvent } from "./wire.ts";

export const STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  "x-accel-buffering": "no",
} as const;

/** Live events: server-sent events and WebSocket, out of the event log. */
export function createLive(options: LiveOptions): Router {
  const router = createRouter();

  router.openapi(issueTicketRoute, async (c) => {
    const { ticket, expiresAt } = await issueLiveTicket(c.var.ctx);
    return c.json({ ticket, expires_at: iso(expiresAt) }, 201);
  });

  router.openapi(streamRoute, async (c) => {
    const query = c.req.valid("query");
    const known = c.req.valid("header")["last-event-id"] ?? query.last_event_id ?? null;
    const opening = await openStream(c, { query, after: known, options });
    const { ctx, after, end } = opening;
    const events = follow(ctx, { after, signal: end.signal, ...beatOf(c), ...typesOf(query.types) });
    const toWire = (event: Parameters<typeof toWireEvent>[0]) => toWireEvent(event, ctx.actor);
    return c.body(eventStream({ after, events, toWire, opening }), 200, STREAM_HEADERS);
  });

  router.openapi(socketRoute, async (c) => {
    const query = c.req.valid("query");
    if (c.req.header("upgrade")?.toLowerCase() !== "websocket") {
      return c.body("This address speaks WebSocket only", 426, { upgrade: "websocket" });
    }
    if (c.env.upgrade === undefined) {
      throw notAtTheEdge("A WebSocket", "follow GET /api/events/stream");
    }
    const opening = await openStream(c, { query, after: query.last_event_id ?? null, options });
    const { socket, response } = upgraded(c.env.upgrade.bind(c.env), { request: c.req.raw, opening });
    serveSocket(socket, { ...opening, ...typesOf(query.types) });
    return response;
  });
  return router;
}

/** Throws 400 for a handshake that is none (RFC 6455, 4.2.1). */
function upgraded(
  upgrade: UpgradeWebSocket,
  { request, opening }: { readonly request: Request; readonly opening: Opening },
): ReturnType<UpgradeWebSocket> {
  try {
    return upgrade(request);
  } catch (cause) {
    opening.release();
    throw new AppError("bad_request", "This is no WebSocket handshake", { cause });
  }
}
