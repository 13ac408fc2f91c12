import { iso, SECOND } from "../../lib/kernel/clock.ts";
import { issueLiveTicket } from "../../lib/identity/mod.ts";
import { notAtTheEdge } from "../../lib/kernel/errors.ts";
import { createRouter, type Router } from "../router.ts";
import { issueTicketRoute, socketRoute, streamRoute } from "./contract.ts";
import { follow, type LiveOptions, openStream, typesOf } from "./opening.ts";
import { serveSocket } from "./socket.ts";
import { eventStream } from "./sse.ts";
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
    const { ctx, after, end, release } = await openStream(c, { query, after: known, options });
    const { gone } = c.env;
    gone?.addEventListener("abort", release, { once: true });
    // Such a runtime notices at the next write that the reader has left.
    const beat = gone === undefined ? {} : { beatMs: 3 * SECOND };
    const events = follow(ctx, { after, signal: end.signal, ...beat, ...typesOf(query.types) });
    const toWire = (event: Parameters<typeof toWireEvent>[0]) => toWireEvent(event, ctx.actor);
    return c.body(eventStream({ after, events, toWire, end, onEnd: release }), 200, STREAM_HEADERS);
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
    const { socket, response } = c.env.upgrade(c.req.raw);
    serveSocket(socket, { ...opening, ...typesOf(query.types) });
    return response;
  });
  return router;
}
