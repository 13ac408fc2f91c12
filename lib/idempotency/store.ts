import { and, eq, lt, sql } from "drizzle-orm";
import { idempotencyKeys } from "../../db/schema/log.ts";
import { blind } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type IdempotencyRow = typeof idempotencyKeys.$inferSelect;

export async function find(
  at: Ctx,
  { owner, key }: { owner: string; key: string },
): Promise<IdempotencyRow | undefined> {
  const rows = await at.db.select().from(idempotencyKeys)
    .where(and(eq(idempotencyKeys.owner, owner), eq(idempotencyKeys.key, key)));
  return rows[0];
}

export async function insert(tx: Tx, row: typeof idempotencyKeys.$inferInsert): Promise<void> {
  await blind(tx.db.insert(idempotencyKeys).values(row));
}

export async function change(
  tx: Tx,
  { owner, key, ...set }: Partial<IdempotencyRow> & { owner: string; key: string },
): Promise<void> {
  await blind(
    tx.db.update(idempotencyKeys).set(set).where(
      and(eq(idempotencyKeys.owner, owner), eq(idempotencyKeys.key, key)),
    ),
  );
}

export async function remove(tx: Tx, { owner, key }: { owner: string; key: string }): Promise<void> {
  await blind(
    tx.db.delete(idempotencyKeys).where(
      and(eq(idempotencyKeys.owner, owner), eq(idempotencyKeys.key, key)),
    ),
  );
}

/** Rows of the workspace that have an answer lose it, as if it had been lost on its way. Reads a day's rows. */
export async function spendAnswered(tx: Tx): Promise<void> {
  await blind(
    tx.db.update(idempotencyKeys).set({ status: null, headers: {}, body: null, lockedUntil: 0 })
      .where(and(
        sql`status is not null`,
        // As the index says, word for word.
        sql`substr(owner, instr(owner, '@') + 1) = ${tx.workspaceId}`,
      )),
  );
}

/** Deletes answers older than `before` (UTC ms), at most `limit`; resolves to how many. */
export async function prune(tx: Tx, { before, limit }: { before: number; limit: number }): Promise<number> {
  const old = tx.db.select({ rowid: sql`rowid` }).from(idempotencyKeys).where(
    lt(idempotencyKeys.createdAt, before),
  )
    .limit(limit);
  const result = await tx.db.delete(idempotencyKeys).where(sql`rowid in ${old}`);
  return result.rowsAffected;
}
