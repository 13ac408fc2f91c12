import type { Ctx } from "../context.ts";
import { latestSeq, readEvents } from "../events/mod.ts";
import { SECOND } from "../kernel/clock.ts";
import type { LiveEvent, LivePulse } from "../ports/live.ts";
import { hangBell } from "./bell.ts";

export interface FollowOptions {
  /** The last sequence number that the reader has (`cursorFor`). */
  readonly after: number;
  /** Ends the sequence. */
  readonly signal: AbortSignal;
  /** Where given, only the events of this conversation, and of those that follow it. */
  readonly conversation?: {
    /** The present one; null: none is open yet. */
    readonly find: () => Promise<string | null>;
    /** Asked of the workspace's events while there is none, so that idle readers cost nothing. */
    readonly isOpening: (event: LivePulse) => boolean;
    readonly isClosing: (event: LivePulse) => boolean;
  };
  readonly types?: readonly string[];
  /** Milliseconds of silence after which an empty batch is given. */
  readonly beatMs?: number;
}

const BATCH = 100;

/**
 * Where a stream begins: after the last event that the reader has, or now. A number beyond the log (one of a
 * database that was restored since) begins now too.
 */
export async function cursorFor(ctx: Ctx, after: number | null): Promise<number> {
  const newest = await latestSeq(ctx);
  return Math.min(after ?? newest, newest);
}

/**
 * The event log as it grows: batches in commit order, none missed and none twice, and an empty batch after each
 * silence. It reads by cursor and only when asked, so a slow reader costs one batch of memory and nothing more.
 */
export async function* followEvents(
  ctx: Ctx,
  options: FollowOptions,
): AsyncGenerator<LiveEvent[], void, void> {
  const { signal, types, conversation, beatMs = 15 * SECOND } = options;
  let cursor = options.after;
  let spoke = performance.now();
  let id: string | null = null;
  const bell = hangBell(ctx.ports.live, {
    workspaceId: ctx.workspaceId,
    concerns: (event) => {
      if (conversation === undefined) return true;
      return id === null ? conversation.isOpening(event) : event.conversationId === id;
    },
  });

  async function read(): Promise<LiveEvent[]> {
    const page = { after: cursor, limit: BATCH, ...(types === undefined ? {} : { types }) };
    if (conversation === undefined) return await readEvents(ctx, page);
    id ??= await conversation.find();
    return id === null ? [] : await readEvents(ctx, { ...page, conversationId: id });
  }

  try {
    while (!signal.aborted) {
      bell.reset();
      const batch = await read();
      const last = batch.at(-1);
      if (last === undefined) {
        // Rings that bring nothing must not put the beat off: proxies cut what is silent.
        const left = spoke + beatMs - performance.now();
        const silent = left <= 0 || !await bell.wait(left, signal);
        if (!silent || signal.aborted) continue;
        spoke = performance.now();
        yield batch;
        continue;
      }
      spoke = performance.now();
      cursor = last.seq;
      if (conversation !== undefined && batch.some(conversation.isClosing)) id = null;
      yield batch;
    }
  } finally {
    bell.remove();
  }
}
