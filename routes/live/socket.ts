import { receiveVisitorMessage } from "../../lib/conversations/mod.ts";
import { AppError, messageOf } from "../../lib/kernel/errors.ts";
import { sleep } from "../../lib/kernel/retry.ts";
import { cursorFor } from "../../lib/live/mod.ts";
import { toAppError } from "../problem.ts";
import { type ClientFrame, clientFrame, CLOSE, FRAME_POLICY, MAX_FRAME } from "./frames.ts";
import { follow, type Opening } from "./opening.ts";
import { toWireEvent } from "./wire.ts";

interface SocketOptions extends Omit<Opening, "broke"> {
  readonly types?: readonly string[];
  readonly slow?: SlowReader;
}

/** What is borne of a slow reader. */
export interface SlowReader {
  /** Bytes that may wait for it before its stream pauses. */
  readonly bytes: number;
  /** Milliseconds that the stream pauses before it is cut. */
  readonly ms: number;
  /** Milliseconds between two looks. */
  readonly lookMs: number;
}

const SLOW: SlowReader = { bytes: 256 * 1024, ms: 30_000, lookMs: 50 };
const MAX_PENDING = 32;

/** Speaks with one client over a socket until either side leaves. Reads the log as server-sent events do. */
export function serveSocket(
  socket: WebSocket,
  { ctx, end, release, slow = SLOW, ...start }: SocketOptions,
): void {
  let current = new AbortController();
  let pending = 0;
  let turn: Promise<void> = Promise.resolve();

  const say = (frame: Record<string, unknown>) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  };
  const close = (code: number, reason: string) => {
    if (socket.readyState === WebSocket.OPEN) socket.close(code, reason);
    release();
  };
  const refuse = (thrown: unknown, frame?: ClientFrame) => {
    const { code, message, retryable, retryAfterMs } = toAppError(thrown);
    if (code === "internal") {
      ctx.ports.log.log("error", "socket frame failed", {
        request_id: ctx.requestId,
        error: messageOf(thrown),
      });
    }
    const clientId = frame?.type === "message" ? { client_id: frame.client_id ?? null } : {};
    say({
      type: "error",
      code,
      detail: message,
      retryable,
      retry_after_ms: retryAfterMs ?? null,
      ...clientId,
    });
  };

  async function pump(
    { after, types }: { after: number; types?: readonly string[] | undefined },
    own: AbortController,
  ) {
    const signal = AbortSignal.any([end.signal, own.signal]);
    for await (const batch of follow(ctx, { after, signal, ...(types === undefined ? {} : { types }) })) {
      if (batch.length === 0) say({ type: "beat" });
      for (const event of batch) {
        const wire = toWireEvent(event, ctx.actor);
        // `type` names the frame here, so the event's own type goes by `event`.
        if (wire !== null) say({ ...wire, type: "event", event: wire.type });
      }
      if (!await drained(socket, { slow, signal })) return close(CLOSE.slow, "too slow");
    }
  }

  function begin(from: Parameters<typeof pump>[0]): void {
    current.abort();
    current = new AbortController();
    pump(from, current).catch((thrown) => {
      refuse(thrown);
      close(CLOSE.expired, "come back");
    });
  }

  async function answer(frame: ClientFrame): Promise<void> {
    if (frame.type === "ping") return say({ type: "pong" });
    if (frame.type === "subscribe") {
      const after = await cursorFor(ctx, frame.after ?? null);
      say({ type: "ready", seq: after });
      return begin({ after, types: frame.types });
    }
    if (ctx.actor.kind !== "visitor") {
      throw new AppError("forbidden", "Only a visitor of the web chat speaks here; reply over HTTP");
    }
    const accepted = await receiveVisitorMessage(ctx, { text: frame.text, clientId: frame.client_id });
    say({
      type: "accepted",
      client_id: frame.client_id ?? null,
      message_id: accepted.messageId,
      conversation_id: accepted.conversationId,
      duplicate: accepted.duplicate,
    });
  }

  async function hear(data: unknown): Promise<void> {
    const taken = await ctx.ports.limiter.take(FRAME_POLICY, ctx.actor.id);
    if (!taken.allowed) {
      return refuse(new AppError("rate_limited", "Too many frames", { retryAfterMs: taken.retryAfterMs }));
    }
    let frame: ClientFrame | undefined;
    try {
      frame = clientFrame.parse(parseJson(data));
      await answer(frame);
    } catch (thrown) {
      refuse(thrown, frame);
    }
  }

  socket.addEventListener("message", ({ data }) => {
    if (typeof data !== "string" || data.length > MAX_FRAME) {
      return close(CLOSE.tooBig, "text frames of 64 KiB at most");
    }
    if (++pending > MAX_PENDING) return close(CLOSE.policy, "too many frames at once");
    turn = turn.then(() => hear(data)).finally(() => pending--);
  });
  for (const event of ["close", "error"]) socket.addEventListener(event, release);
  end.signal.addEventListener("abort", () => {
    if (end.reason === "gone") return;
    say({ type: "bye", reason: end.reason, retry_ms: 1000 });
    close(end.reason === "drain" ? CLOSE.drain : CLOSE.expired, "come back");
  });

  const ready = () => {
    say({ type: "ready", seq: start.after });
    begin(start);
  };
  if (socket.readyState === WebSocket.OPEN) ready();
  else socket.addEventListener("open", ready);
}

function parseJson(data: unknown): unknown {
  try {
    return JSON.parse(String(data));
  } catch {
    throw new AppError("bad_request", "A frame is one JSON object");
  }
}

/** Waits until a slow reader has taken enough; false when it takes too long. */
async function drained(
  socket: WebSocket,
  { slow, signal }: { slow: SlowReader; signal: AbortSignal },
): Promise<boolean> {
  for (let waited = 0; socket.bufferedAmount > slow.bytes; waited += slow.lookMs) {
    if (waited >= slow.ms) return false;
    if (signal.aborted || socket.readyState !== WebSocket.OPEN) return true;
    await sleep(slow.lookMs);
  }
  return true;
}
