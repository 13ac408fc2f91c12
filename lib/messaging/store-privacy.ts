import { and, eq, sql } from "drizzle-orm";
import { messageAttempts, strayStatuses } from "../../db/schema/messaging.ts";
import { listed } from "../../db/statement.ts";
import type { Tx } from "../context.ts";

/** What a vendor said about a contact's messages goes: its ids and its words may name the number. */
export async function emptyAttemptsOf(
  tx: Tx,
  { contactId, addresses }: { contactId: string; addresses: readonly string[] },
): Promise<void> {
  const { workspaceId } = tx;
  await tx.db.update(messageAttempts).set({ errorDetail: null, externalId: null, trace: null })
    .where(and(
      eq(messageAttempts.workspaceId, workspaceId),
      sql`${messageAttempts.messageId} in (select m.id from conversations c cross join messages m
        on m.conversation_id = c.id where c.workspace_id = ${workspaceId} and c.contact_id = ${contactId})`,
    ));
  await tx.db.delete(strayStatuses).where(and(
    eq(strayStatuses.workspaceId, workspaceId),
    sql`data ->> 'recipient_id' in ${listed(addresses)}`,
  ));
}
