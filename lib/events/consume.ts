import type { Ctx, Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import type { LiveEvent } from "../ports/live.ts";
import { moveCursors, selectCursors, selectEmptied, selectEventsOfAll } from "./store.ts";

/** What a durable consumer makes of an event. `tx` acts in its workspace; what it writes commits with the cursor. */
export type EventHandle = (tx: Tx, event: LiveEvent) => Promise<void>;

export interface EventConsumer {
  /** Names the durable cursor, for example `notifications`. */
  readonly consumer: string;
  /** Events of one turn, at most. */
  readonly limit: number;
  /** An event counts once. */
  readonly handle: EventHandle;
}

/** Consumers who have read equally far, so that they read on together. */
export interface Abreast {
  /** null: they are new, and start at the beginning of the log. */
  readonly from: number | null;
  /** Where the next ones ahead stand, who are joined there; null: nobody is ahead. */
  readonly ahead: number | null;
  readonly names: readonly string[];
}

class CursorMoved extends Error {}

/** How far consumers have read, those the furthest behind first. */
export async function abreast(ctx: Ctx, consumers: readonly string[]): Promise<Abreast[]> {
  const cursors = await selectCursors(ctx, consumers);
  const standing = Map.groupBy(consumers, (name) => cursors.get(name) ?? null);
  const order = [...standing].sort(([a], [b]) => (a ?? -1) - (b ?? -1));
  return order.map(([from, names], at) => ({ from, names, ahead: order[at + 1]?.[0] ?? null }));
}

/**
 * One turn of consumers over the events of all workspaces: each handles the next events in order, and all their
 * cursors move in the same commit. Resolves to how many events that were; null when another instance took them.
 */
export async function consumeAbreast(
  ctx: Ctx,
  { from, names, ahead }: Abreast,
  { limit, handles }: { readonly limit: number; readonly handles: readonly EventHandle[] },
): Promise<number | null> {
  requireScope(ctx, "platform:write");
  const page = await selectEventsOfAll(ctx, { after: from ?? 0, limit });
  const batch = ahead === null ? page : page.filter(({ seq }) => seq <= ahead);
  // Events between them may have been deleted since.
  const to = batch.at(-1)?.seq ?? ahead;
  if (to === null) return 0;
  try {
    await ctx.transact(async (tx) => {
      const [moved, emptied] = await Promise.all([
        moveCursors(tx, { consumers: names, from, to }),
        selectEmptied(tx, batch.map(({ seq }) => seq)),
      ]);
      if (!moved) throw new CursorMoved();
      const inWorkspace = new Map<string, Tx>();
      for (const handle of handles) {
        for (const read of batch) {
          // What was erased since it was read is told to nobody.
          const event = emptied.has(read.seq) ? { ...read, data: { erased: true } } : read;
          let within = inWorkspace.get(event.workspaceId);
          if (within === undefined) {
            inWorkspace.set(event.workspaceId, within = tx.as({ workspaceId: event.workspaceId }));
          }
          await handle(within, event);
        }
      }
    });
  } catch (error) {
    if (error instanceof CursorMoved) return null;
    throw error;
  }
  return batch.length;
}

/**
 * One turn of one consumer. Resolves to how many events it handled; 0 when there are none or another instance took
 * them.
 */
export async function consumeEvents(ctx: Ctx, { consumer, limit, handle }: EventConsumer): Promise<number> {
  const [alone] = await abreast(ctx, [consumer]);
  return alone === undefined ? 0 : await consumeAbreast(ctx, alone, { limit, handles: [handle] }) ?? 0;
}
