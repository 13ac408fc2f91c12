import type { Ctx } from "../context.ts";
import { getConversation, selectTalkAt, selectTalksAt, selectUnansweredAt } from "../conversations/mod.ts";
import { type Json, recordIn, waitingMessage } from "./facts.ts";
import { standingsAt, thereAt } from "../tickets/mod.ts";
import { nullIfGone } from "../kernel/errors.ts";
import type { Watch } from "./store-watches.ts";

const PAGE = 500;

/**
 * Since when tickets were as they were at a time: those of which anything may come after it. `complete`: false when
 * there are more than `limit`.
 */
export async function watchesAt(
  ctx: Ctx,
  { time, limit }: { time: number; limit: number },
): Promise<{ watches: Watch[]; complete: boolean }> {
  const ids = await thereAt(ctx, { time, limit: limit + 1 });
  const watches: Watch[] = [];
  for (let from = 0; from < Math.min(ids.length, limit); from += PAGE) {
    ctx.signal?.throwIfAborted();
    const ticketIds = ids.slice(from, Math.min(from + PAGE, limit));
    for (const [ticketId, standing] of await standingsAt(ctx, { ticketIds, time })) {
      watches.push({ ...standing, ticketId, seenSeq: 0 });
    }
  }
  return { watches, complete: ids.length <= limit };
}

/** A conversation that waited, as it was then, and the word that it waited with. */
export interface WaitingTalk {
  readonly conversation: Json;
  readonly message: Json;
}

/** The conversations in which a customer waited at a time. `complete`: false when there are more to look at than `limit`. */
export async function waitsAt(
  ctx: Ctx,
  { time, limit }: { time: number; limit: number },
): Promise<{ waits: WaitingTalk[]; complete: boolean }> {
  const ids = await selectTalksAt(ctx, { time, limit: limit + 1 });
  const waits: WaitingTalk[] = [];
  for (let from = 0; from < Math.min(ids.length, limit); from += PAGE) {
    ctx.signal?.throwIfAborted();
    const page = ids.slice(from, Math.min(from + PAGE, limit));
    for (
      const { conversationId, told, createdAt, ...said } of await selectUnansweredAt(ctx, { ids: page, time })
    ) {
      const conversation = recordIn({ told }, "told") ?? await talkNow(ctx, conversationId);
      if (conversation === null) continue;
      waits.push({ conversation, message: waitingMessage({ ...said, conversationId, createdAt }) });
    }
  }
  return { waits, complete: ids.length <= limit };
}

/** A conversation as it was then, as far as the log says; else as it is. null: it is not there any more. */
export async function talkThen(
  ctx: Ctx,
  then: { conversationId: string; time: number },
): Promise<Json | null> {
  return recordIn({ told: await selectTalkAt(ctx, then) }, "told") ?? await talkNow(ctx, then.conversationId);
}

async function talkNow(ctx: Ctx, conversationId: string): Promise<Json | null> {
  const talk = await nullIfGone(getConversation(ctx, { conversationId }));
  return talk === null ? null : { ...talk };
}
