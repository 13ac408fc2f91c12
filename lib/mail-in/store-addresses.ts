import { and, asc, eq, gt, sql } from "drizzle-orm";
import { mailAddresses as addresses } from "../../db/schema/mail.ts";
import { listed } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type AddressRow = typeof addresses.$inferSelect;

const own = (at: Ctx, id: string) => and(eq(addresses.id, id), eq(addresses.workspaceId, at.workspaceId));

export async function insertAddress(
  tx: Tx,
  fresh: Pick<AddressRow, "id" | "address" | "teamId" | "categoryId">,
): Promise<void> {
  const now = tx.now();
  await tx.db.insert(addresses).values({
    ...fresh,
    workspaceId: tx.workspaceId,
    createdAt: now,
    updatedAt: now,
  });
}

export async function selectAddress(at: Ctx, id: string): Promise<AddressRow | null> {
  const [row] = await at.db.select().from(addresses).where(own(at, id));
  return row ?? null;
}

/** In the order in which they were added. */
export async function selectAddresses(
  at: Ctx,
  { after, limit }: { after: string | null; limit: number },
): Promise<AddressRow[]> {
  return await at.db.select().from(addresses)
    .where(
      and(eq(addresses.workspaceId, at.workspaceId), after === null ? undefined : gt(addresses.id, after)),
    )
    .orderBy(asc(addresses.id)).limit(limit);
}

export async function updateAddress(
  tx: Tx,
  id: string,
  set: Partial<Pick<AddressRow, "teamId" | "categoryId">>,
): Promise<void> {
  await tx.db.update(addresses).set({ ...set, updatedAt: tx.now() }).where(own(tx, id));
}

export async function deleteAddress(tx: Tx, id: string): Promise<void> {
  await tx.db.delete(addresses).where(own(tx, id));
}

/** Those among these that are registered, of every workspace: a mail does not say whose it is. */
export async function selectRegistered(at: Ctx, among: readonly string[]): Promise<AddressRow[]> {
  if (among.length === 0) return [];
  return await at.db.select().from(addresses)
    .where(sql`${addresses.address} in ${listed(among)}`);
}
