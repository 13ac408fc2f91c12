import { and, asc, eq, inArray } from "drizzle-orm";
import { visitFeeds, visitPhotos, visits, visitSteps } from "../../db/schema/visits.ts";
import type { Ctx, Tx } from "../context.ts";

export type PhotoRow = typeof visitPhotos.$inferSelect;

export async function insertPhoto(tx: Tx, row: Omit<PhotoRow, "workspaceId">): Promise<void> {
  await tx.db.insert(visitPhotos).values({ ...row, workspaceId: tx.workspaceId });
}

export async function selectPhotos(at: Ctx, visitIds: readonly string[]): Promise<PhotoRow[]> {
  if (visitIds.length === 0) return [];
  return await at.db.select().from(visitPhotos)
    .where(and(eq(visitPhotos.workspaceId, at.workspaceId), inArray(visitPhotos.visitId, [...visitIds])))
    .orderBy(asc(visitPhotos.id));
}

export async function selectPhoto(at: Ctx, id: string): Promise<PhotoRow | null> {
  const [row] = await at.db.select().from(visitPhotos)
    .where(and(eq(visitPhotos.workspaceId, at.workspaceId), eq(visitPhotos.id, id)));
  return row ?? null;
}

export async function deletePhoto(tx: Tx, id: string): Promise<void> {
  await tx.db.delete(visitPhotos)
    .where(and(eq(visitPhotos.workspaceId, tx.workspaceId), eq(visitPhotos.id, id)));
}

/** Every visit of a contact. */
export async function selectIdsOfContact(at: Ctx, contactId: string): Promise<string[]> {
  const rows = await at.db.select({ id: visits.id }).from(visits)
    .where(and(eq(visits.workspaceId, at.workspaceId), eq(visits.contactId, contactId)));
  return rows.map(({ id }) => id);
}

/** Keeps that there was a visit, when and whose work it was; resolves to the files that are to go. */
export async function emptyVisitsOf(tx: Tx, contactId: string): Promise<string[]> {
  const ours = and(eq(visits.workspaceId, tx.workspaceId), eq(visits.contactId, contactId));
  const ids = tx.db.select({ id: visits.id }).from(visits).where(ours);
  const gone = await tx.db.delete(visitPhotos)
    .where(and(eq(visitPhotos.workspaceId, tx.workspaceId), inArray(visitPhotos.visitId, ids)))
    .returning({ blobKey: visitPhotos.blobKey });
  await tx.db.update(visitSteps).set({ reason: null })
    .where(and(eq(visitSteps.workspaceId, tx.workspaceId), inArray(visitSteps.visitId, ids)));
  await tx.db.update(visits).set({
    subject: "",
    instructions: null,
    address: null,
    cancelReason: null,
    checkInNote: null,
    checkInLatitude: null,
    checkInLongitude: null,
    checkOutNote: null,
    checkOutLatitude: null,
    checkOutLongitude: null,
    updatedAt: tx.now(),
  }).where(ours);
  return gone.map(({ blobKey }) => blobKey);
}

export async function upsertFeed(
  tx: Tx,
  { operatorId, tokenHash }: { operatorId: string; tokenHash: string },
): Promise<void> {
  const set = { tokenHash, createdAt: tx.now() };
  await tx.db.insert(visitFeeds).values({ operatorId, workspaceId: tx.workspaceId, ...set })
    .onConflictDoUpdate({ target: visitFeeds.operatorId, set });
}

export async function deleteFeed(tx: Tx, operatorId: string): Promise<void> {
  await tx.db.delete(visitFeeds)
    .where(and(eq(visitFeeds.workspaceId, tx.workspaceId), eq(visitFeeds.operatorId, operatorId)));
}

/** Across workspaces: the token says whose it is. */
export async function selectFeed(
  at: Ctx,
  tokenHash: string,
): Promise<{ operatorId: string; workspaceId: string } | null> {
  const [row] = await at.db.select().from(visitFeeds).where(eq(visitFeeds.tokenHash, tokenHash));
  return row ?? null;
}
