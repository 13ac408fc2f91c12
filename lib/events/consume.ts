import type { Ctx, Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import type { LiveEvent } from "../ports/live.ts";
import { moveCursor, selectCursor, selectEventsOfAll } from "./store.ts";

export interface EventConsumer {
  /** Names the durable cursor, for example `notifications`. */
  readonly consumer: string;
  /** Events of one turn, at most. */
  readonly limit: number;
  /** `tx` acts in the event's workspace. What it writes commits with the cursor, so an event counts once. */
  readonly handle: (tx: Tx, event: LiveEvent) => Promise<void>;
}

class CursorMoved extends Error {}

/**
 * One turn of a durable consumer over the events of all workspaces: handles the next events in order and moves
 * the cursor in the same commit. Resolves to how many it handled; 0 when there are none or another instance took
 * them. A new consumer starts at the beginning of the log.
 */
export async function consumeEvents(ctx: Ctx, { consumer, limit, handle }: EventConsumer): Promise<number> {
  requireScope(ctx, "platform:write");
  const from = await selectCursor(ctx, consumer);
  const batch = await selectEventsOfAll(ctx, { after: from ?? 0, limit });
  const to = batch.at(-1)?.seq;
  if (to === undefined) return 0;
  try {
    await ctx.transact(async (tx) => {
      if (!await moveCursor(tx, { consumer, from, to })) throw new CursorMoved();
      for (const event of batch) await handle(withWorkspace(tx, event.workspaceId), event);
    });
  } catch (error) {
    if (error instanceof CursorMoved) return 0;
    throw error;
  }
  return batch.length;
}

/** `as` inside a transaction answers the transaction; its declared type is the wider one of Ctx. */
function withWorkspace(tx: Tx, workspaceId: string): Tx {
  return tx.as({ workspaceId }) as Tx;
}
