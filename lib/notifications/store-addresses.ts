import { and, asc, eq, gt, sql } from "drizzle-orm";
import { chatAddresses as addresses, type ChatChannel } from "../../db/schema/notifications.ts";
import { statementOne } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type ChatAddressRow = typeof addresses.$inferSelect;

const p = sql.placeholder;

const byName = statementOne((db) =>
  db.select().from(addresses).where(and(
    eq(addresses.workspaceId, p("workspaceId")),
    eq(addresses.channel, p("channel")),
    eq(addresses.name, p("name")),
  )).prepare()
);

export async function selectChatAddress(
  at: Ctx,
  { channel, name }: { channel: ChatChannel; name: string },
): Promise<ChatAddressRow | null> {
  return await byName(at, { workspaceId: at.workspaceId, channel, name }) ?? null;
}

export async function selectChatAddresses(
  at: Ctx,
  { after, limit }: { after: string | null; limit: number },
): Promise<ChatAddressRow[]> {
  return await at.db.select().from(addresses)
    .where(
      and(eq(addresses.workspaceId, at.workspaceId), after === null ? undefined : gt(addresses.id, after)),
    )
    .orderBy(asc(addresses.id)).limit(limit);
}

/** Under a name that is taken, the new address takes the place of the old one. */
export async function upsertChatAddress(
  tx: Tx,
  row: Pick<ChatAddressRow, "id" | "channel" | "name" | "url">,
): Promise<void> {
  await tx.db.insert(addresses).values({ ...row, workspaceId: tx.workspaceId, createdAt: tx.now() })
    .onConflictDoUpdate({
      target: [addresses.workspaceId, addresses.channel, addresses.name],
      set: { id: row.id, url: row.url, createdAt: tx.now() },
    });
}

export async function deleteChatAddress(tx: Tx, id: string): Promise<ChatAddressRow | null> {
  const [row] = await tx.db.delete(addresses)
    .where(and(eq(addresses.id, id), eq(addresses.workspaceId, tx.workspaceId))).returning();
  return row ?? null;
}
