import type { Ctx, Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import type { LiveEvent } from "../ports/live.ts";
import { type EventFilter, insertEvent, insertEvents, selectEvents, selectLatestSeq } from "./store.ts";

export { type Abreast, abreast, consumeAbreast, consumeEvents, type EventConsumer } from "./consume.ts";
export {
  deleteEvents,
  emptyEvents,
  emptyEventsAfter,
  type EventFilter,
  selectEvent,
  selectEventActor as eventActor,
  selectSeqBefore as seqBefore,
} from "./store.ts";

/** What it said is gone, and with it every reason to follow it. */
export function isErased({ data }: Pick<LiveEvent, "data">): boolean {
  return data["erased"] === true;
}

export interface NewEvent {
  /** `noun.past`, for example `ticket.opened`. */
  readonly type: string;
  readonly subjectId: string;
  readonly conversationId?: string | null;
  readonly data?: Record<string, unknown>;
  /** Default: the workspace of `tx`. */
  readonly workspaceId?: string;
}

/** Writes a domain event in the caller's transaction; live streams of this process hear of it after the commit. */
export async function emit(tx: Tx, event: NewEvent): Promise<void> {
  const { type, subjectId, conversationId = null, data = {}, workspaceId = tx.workspaceId } = event;
  const at = tx.now();
  await insertEvent(tx, {
    workspaceId,
    type,
    subjectId,
    conversationId,
    actorId: tx.actor.id,
    data,
    at,
  });
  tx.afterCommit(() => tx.ports.live.pulse({ workspaceId, type, conversationId, subjectId, data, at }));
}

/** The same for many events, by one statement. */
export async function emitAll(
  tx: Tx,
  given: readonly (NewEvent & { readonly workspaceId: string })[],
): Promise<void> {
  if (given.length === 0) return;
  const at = tx.now();
  const rows = given.map(({ type, subjectId, conversationId = null, data = {}, workspaceId }) => ({
    type,
    subjectId,
    conversationId,
    data,
    workspaceId,
  }));
  await insertEvents(tx, { rows, actorId: tx.actor.id, at });
  tx.afterCommit(() => {
    for (const row of rows) tx.ports.live.pulse({ ...row, at });
  });
}

/**
 * Events of the workspace after a sequence number, in commit order. A visitor may read one conversation only;
 * whoever calls for a visitor has loaded that conversation as the visitor's own.
 */
export async function readEvents(ctx: Ctx, filter: EventFilter): Promise<LiveEvent[]> {
  const ofOneConversation = typeof filter.conversationId === "string";
  requireScope(ctx, ctx.actor.kind === "visitor" && ofOneConversation ? "chat:visit" : "events:read");
  return await selectEvents(ctx, filter);
}

/** The newest sequence number of the workspace; 0 when nothing happened yet. A stream starts here. */
export async function latestSeq(ctx: Ctx): Promise<number> {
  requireScope(ctx, ctx.actor.kind === "visitor" ? "chat:visit" : "events:read");
  return await selectLatestSeq(ctx);
}
