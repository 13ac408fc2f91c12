import { and, asc, eq, inArray, lt, sql } from "drizzle-orm";
import {
  digests,
  notificationPreferences as preferences,
  quietHours,
  throttleMarks as marks,
} from "../../db/schema/notification-peace.ts";
import { notificationDeliveries as deliveries } from "../../db/schema/notifications.ts";
import { statement, statementOne } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type PreferenceRow = typeof preferences.$inferSelect;
export type QuietRow = typeof quietHours.$inferSelect;

const p = sql.placeholder;

const ofOwner = statement((db) =>
  db.select().from(preferences).where(and(
    eq(preferences.workspaceId, p("workspaceId")),
    eq(preferences.ownerId, p("ownerId")),
  )).orderBy(asc(preferences.category), asc(preferences.channel)).prepare()
);

export async function selectPreferences(at: Ctx, ownerId: string): Promise<PreferenceRow[]> {
  return await ofOwner(at, { workspaceId: at.workspaceId, ownerId });
}

const quietOf = statementOne((db) =>
  db.select().from(quietHours).where(and(
    eq(quietHours.workspaceId, p("workspaceId")),
    eq(quietHours.ownerId, p("ownerId")),
  )).prepare()
);

export async function selectQuiet(at: Ctx, ownerId: string): Promise<QuietRow | null> {
  return await quietOf(at, { workspaceId: at.workspaceId, ownerId }) ?? null;
}

/** All of an owner's, in place of what there was. */
export async function replacePreferences(
  tx: Tx,
  { ownerId, rows }: {
    ownerId: string;
    rows: readonly Pick<PreferenceRow, "category" | "channel" | "enabled">[];
  },
): Promise<void> {
  const { workspaceId } = tx;
  await tx.db.delete(preferences).where(
    and(eq(preferences.workspaceId, workspaceId), eq(preferences.ownerId, ownerId)),
  );
  if (rows.length > 0) {
    await tx.db.insert(preferences).values(rows.map((row) => ({ ...row, workspaceId, ownerId })));
  }
}

/** null: never quiet. */
export async function replaceQuiet(
  tx: Tx,
  { ownerId, quiet }: { ownerId: string; quiet: Omit<QuietRow, "workspaceId" | "ownerId"> | null },
): Promise<void> {
  const { workspaceId } = tx;
  await tx.db.delete(quietHours).where(
    and(eq(quietHours.workspaceId, workspaceId), eq(quietHours.ownerId, ownerId)),
  );
  if (quiet !== null) await tx.db.insert(quietHours).values({ ...quiet, workspaceId, ownerId });
}

/** Counts one more under the mark and resolves to how many there are since its window began. */
export async function countMark(
  tx: Tx,
  { mark, windowMs }: { mark: string; windowMs: number },
): Promise<number> {
  const now = tx.now();
  const over = sql`${marks.endsAt} <= ${now}`;
  const [row] = await tx.db.insert(marks)
    .values({ workspaceId: tx.workspaceId, mark, startedAt: now, endsAt: now + windowMs, count: 1 })
    .onConflictDoUpdate({
      target: [marks.workspaceId, marks.mark],
      set: {
        count: sql`case when ${over} then 1 else ${marks.count} + 1 end`,
        startedAt: sql`case when ${over} then ${now} else ${marks.startedAt} end`,
        endsAt: sql`case when ${over} then ${now + windowMs} else ${marks.endsAt} end`,
      },
    }).returning({ count: marks.count });
  return row?.count ?? 1;
}

/** The digest that is open under the mark, or a new one; `fresh`: it is new, and somebody must close it. */
export async function openDigest(
  tx: Tx,
  { id, mark, closesAt }: { id: string; mark: string; closesAt: number },
): Promise<{ id: string; closesAt: number; fresh: boolean }> {
  const [made] = await tx.db.insert(digests)
    .values({ id, workspaceId: tx.workspaceId, mark, closesAt, createdAt: tx.now() })
    .onConflictDoNothing().returning();
  if (made !== undefined) return { id: made.id, closesAt: made.closesAt, fresh: true };
  const [open] = await tx.db.select().from(digests)
    .where(and(eq(digests.workspaceId, tx.workspaceId), eq(digests.mark, mark), sql`closed_at is null`));
  return open === undefined
    ? { id, closesAt, fresh: false }
    : { id: open.id, closesAt: open.closesAt, fresh: false };
}

/** False when it was closed before. */
export async function closeDigestRow(tx: Tx, id: string): Promise<boolean> {
  const { rowsAffected } = await tx.db.update(digests).set({ closedAt: tx.now() })
    .where(and(eq(digests.id, id), eq(digests.workspaceId, tx.workspaceId), sql`closed_at is null`));
  return rowsAffected === 1;
}

/** What waits in a digest, the oldest first. */
export async function selectDigested(at: Ctx, digestId: string): Promise<(typeof deliveries.$inferSelect)[]> {
  return await at.db.select().from(deliveries).where(and(
    eq(deliveries.digestId, digestId),
    eq(deliveries.workspaceId, at.workspaceId),
    eq(deliveries.state, "pending"),
  )).orderBy(asc(deliveries.id));
}

/** Of all workspaces: what nobody asks for any more. */
export async function deleteOldMarks(
  tx: Tx,
  { before, limit }: { before: number; limit: number },
): Promise<number> {
  const old = tx.db.select({ row: sql`rowid` }).from(marks).where(lt(marks.endsAt, before)).limit(limit);
  const gone = await tx.db.delete(marks).where(inArray(sql`rowid`, old));
  const past = tx.db.select({ id: digests.id }).from(digests)
    .where(and(lt(digests.createdAt, before), sql`closed_at is not null`)).limit(limit);
  const closed = await tx.db.delete(digests).where(inArray(digests.id, past));
  return gone.rowsAffected + closed.rowsAffected;
}
