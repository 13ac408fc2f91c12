import type { Context } from "hono";
import type { Ctx } from "../../lib/context.ts";
import { visitorConversationId } from "../../lib/conversations/mod.ts";
import { redeemLiveTicket, watchStanding } from "../../lib/identity/mod.ts";
import { SECOND } from "../../lib/kernel/clock.ts";
import { AppError, messageOf } from "../../lib/kernel/errors.ts";
import {
  createStreamEnd,
  cursorFor,
  followEvents,
  type FollowOptions,
  type StreamEnd,
  type StreamSlots,
} from "../../lib/live/mod.ts";
import type { LivePulse } from "../../lib/ports/live.ts";
import type { AppEnv } from "../env.ts";
import { isRecord } from "./wire.ts";

/** What the caller of a stream asked for. */
export interface StreamQuery {
  readonly ticket?: string | undefined;
  readonly last_event_id?: number | undefined;
  readonly types?: string | undefined;
}

export interface LiveOptions {
  readonly slots: StreamSlots;
  /** Aborted when the server begins to stop: streams end in order and tell their readers to come back. */
  readonly shutdown: AbortSignal | null;
}

/** A stream about to begin: who reads, how it ends, and its place among the open ones. */
export interface Opening {
  readonly ctx: Ctx;
  /** Where it begins, fixed before the caller hears of success: what happens afterwards is not missed. */
  readonly after: number;
  readonly end: StreamEnd;
  readonly release: () => void;
  /** A fault ended it: as `release`, and the log tells why. */
  readonly broke: (thrown: unknown) => void;
}

/** Who opens a stream: by ticket, or by the headers that the gate has checked. Throws 401 for nobody. */
async function callerOf(ctx: Ctx, ticket: string | undefined): Promise<Ctx> {
  if (ticket !== undefined) return ctx.as(await redeemLiveTicket(ctx, ticket));
  if (ctx.actor.kind !== "anonymous") return ctx;
  throw new AppError("unauthorized", "Send Authorization, or ?ticket= of POST /api/live/tickets");
}

/** Checks the caller and takes a place. Throws 401, 403, 429 or 503 before anything is streamed. */
export async function openStream(
  c: Context<AppEnv>,
  { query, after, options }: { query: StreamQuery; after: number | null; options: LiveOptions },
): Promise<Opening> {
  if (options.shutdown?.aborted) {
    throw new AppError("shutting_down", "The server is stopping", { retryAfterMs: 2000 });
  }
  const ctx = await callerOf(c.var.ctx, query.ticket);
  c.set("ctx", ctx);
  if (ctx.actor.kind !== "visitor" && !ctx.actor.scopes.has("events:read")) {
    throw new AppError("forbidden", 'This needs the scope "events:read"', {
      extra: { required_scope: "events:read" },
    });
  }
  const end = createStreamEnd({ drain: options.shutdown, lifeMs: ctx.config.identity.accessTokenTtlMs });
  const unwatch = watchStanding(ctx, () => end.end("expired"));
  end.signal.addEventListener("abort", unwatch, { once: true });
  try {
    const cursor = await cursorFor(ctx, after);
    const taken = options.slots.take(ctx.actor);
    const release = () => {
      end.end("gone");
      taken();
    };
    const broke = (thrown: unknown) => {
      release();
      ctx.ports.log.log("warn", "A live stream broke", {
        request_id: ctx.requestId,
        error: messageOf(thrown),
      });
    };
    // Such a runtime does not cancel the stream of whoever has left.
    const { gone } = c.env;
    gone?.addEventListener("abort", release, { once: true });
    if (gone?.aborted) release();
    return { ctx, after: cursor, end, release, broke };
  } catch (thrown) {
    end.end("gone");
    throw thrown;
  }
}

/** A runtime that notices only at the next write that a reader has left is given one often. */
export function beatOf(c: Context<AppEnv>): { beatMs?: number } {
  return c.env.gone === undefined ? {} : { beatMs: 3 * SECOND };
}

/**
 * The events that the caller may follow: the whole workspace, or a visitor's own conversations one after the other
 * (all their types: the end of one is an event too).
 */
export function follow(ctx: Ctx, { types, ...options }: Omit<FollowOptions, "conversation">) {
  const { actor } = ctx;
  if (actor.kind !== "visitor") {
    return followEvents(ctx, types === undefined ? options : { ...options, types });
  }
  const conversation = {
    find: () => visitorConversationId(ctx),
    isOpening: (event: LivePulse) => {
      const contact = event.type === "conversation.opened" ? conversationOf(event)?.contact : undefined;
      return isRecord(contact) && contact.id === actor.id;
    },
    isClosing: (event: LivePulse) =>
      event.type === "conversation.changed" && conversationOf(event)?.state === "closed",
  };
  return followEvents(ctx, { ...options, conversation });
}

function conversationOf({ data }: LivePulse): Record<string, unknown> | undefined {
  return isRecord(data.conversation) ? data.conversation : undefined;
}

export function typesOf(text: string | undefined): { types?: string[] } {
  const types = (text ?? "").split(",").map((type) => type.trim()).filter(Boolean);
  return types.length === 0 ? {} : { types };
}
