import { and, eq } from "drizzle-orm";
import { tickets } from "../../db/schema/tickets.ts";
import type { Tx } from "../context.ts";

/** Tickets of a client who was made one with another are the other's. */
export async function moveTicketsOfClient(
  tx: Tx,
  { from, into }: { from: string; into: string },
): Promise<void> {
  await tx.db.update(tickets).set({ clientId: into })
    .where(and(eq(tickets.workspaceId, tx.workspaceId), eq(tickets.clientId, from)));
}
