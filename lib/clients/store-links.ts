import { and, asc, desc, eq, gt, isNull, sql } from "drizzle-orm";
import { clientContacts, sites } from "../../db/schema/clients.ts";
import { listed, statementOne } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type ContactLinkRow = typeof clientContacts.$inferSelect;
export type SiteRow = typeof sites.$inferSelect;

const p = sql.placeholder;
const l = clientContacts;

const linkOf = statementOne((db) =>
  db.select().from(l).where(and(eq(l.contactId, p("contactId")), eq(l.workspaceId, p("workspaceId"))))
    .prepare()
);

export async function selectLink(at: Ctx, contactId: string): Promise<ContactLinkRow | null> {
  return await linkOf(at, { workspaceId: at.workspaceId, contactId }) ?? null;
}

export async function selectLinks(
  at: Ctx,
  { clientId, after, limit }: { clientId: string; after: string | null; limit: number },
): Promise<ContactLinkRow[]> {
  return await at.db.select().from(l).where(and(
    eq(l.workspaceId, at.workspaceId),
    eq(l.clientId, clientId),
    after === null ? undefined : gt(l.contactId, after),
  )).orderBy(asc(l.contactId)).limit(limit);
}

export async function upsertLink(
  tx: Tx,
  link: { contactId: string; clientId: string; role: string | null },
): Promise<void> {
  await tx.db.insert(l).values({ ...link, workspaceId: tx.workspaceId, createdAt: tx.now() })
    .onConflictDoUpdate({ target: l.contactId, set: { role: link.role } });
}

export async function deleteLink(tx: Tx, contactId: string): Promise<void> {
  await tx.db.delete(l).where(and(eq(l.workspaceId, tx.workspaceId), eq(l.contactId, contactId)));
}

export async function deleteLinksOf(tx: Tx, clientId: string): Promise<void> {
  await tx.db.delete(l).where(and(eq(l.workspaceId, tx.workspaceId), eq(l.clientId, clientId)));
}

/** Also one that was removed: what was done there says where it was. */
export async function selectSite(at: Ctx, id: string): Promise<SiteRow | null> {
  const [row] = await at.db.select().from(sites)
    .where(and(eq(sites.workspaceId, at.workspaceId), eq(sites.id, id)));
  return row ?? null;
}

/** The same of several at once, by their ids. */
export async function selectSitesById(
  at: Ctx,
  ids: readonly (string | null)[],
): Promise<ReadonlyMap<string | null, SiteRow>> {
  const wanted = [...new Set(ids)].filter((id) => id !== null);
  if (wanted.length === 0) return new Map();
  const rows = await at.db.select().from(sites)
    .where(sql`+${sites.workspaceId} = ${at.workspaceId} and ${sites.id} in ${listed(wanted)}`);
  return new Map(rows.map((row) => [row.id, row]));
}

/** The newest first; those that were removed only where they are asked for. */
export async function selectSites(
  at: Ctx,
  { clientId, before, limit, removed = false }: {
    clientId: string;
    before: string | null;
    limit: number;
    removed?: boolean;
  },
): Promise<SiteRow[]> {
  return await at.db.select().from(sites).where(and(
    eq(sites.workspaceId, at.workspaceId),
    eq(sites.clientId, clientId),
    removed ? undefined : isNull(sites.removedAt),
    before === null ? undefined : sql`${sites.id} < ${before}`,
  )).orderBy(desc(sites.id)).limit(limit);
}

export async function insertSite(tx: Tx, row: Omit<SiteRow, "workspaceId">): Promise<void> {
  await tx.db.insert(sites).values({ ...row, workspaceId: tx.workspaceId });
}

export async function updateSite(
  tx: Tx,
  id: string,
  change: Partial<Omit<SiteRow, "id" | "workspaceId" | "clientId" | "createdAt">>,
): Promise<void> {
  await tx.db.update(sites).set(change).where(and(eq(sites.workspaceId, tx.workspaceId), eq(sites.id, id)));
}

export async function removeSitesOf(tx: Tx, clientId: string): Promise<void> {
  const set = { removedAt: tx.now(), updatedAt: tx.now() };
  await tx.db.update(sites).set(set).where(and(
    eq(sites.workspaceId, tx.workspaceId),
    eq(sites.clientId, clientId),
    isNull(sites.removedAt),
  ));
}

const NOWHERE = {
  name: "",
  address: "",
  timezone: null,
  latitude: null,
  longitude: null,
  hours: null,
  accessNotes: null,
} as const;

/** Keeps that visits were at a place, and not which. */
export async function emptySitesOf(tx: Tx, clientId: string): Promise<void> {
  await tx.db.update(sites).set({ ...NOWHERE, removedAt: tx.now(), updatedAt: tx.now() })
    .where(and(eq(sites.workspaceId, tx.workspaceId), eq(sites.clientId, clientId)));
}
