import { and, asc, desc, eq, inArray, isNull, lt, or, sql } from "drizzle-orm";
import { contactIdentities, contacts, type IdentityKind } from "../../db/schema/conversations.ts";
import { blind, statement, statementBlind } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import { newId } from "../kernel/ids.ts";

export type ContactRow = typeof contacts.$inferSelect;
export type IdentityRow = typeof contactIdentities.$inferSelect;

export interface Identity {
  readonly kind: IdentityKind;
  readonly value: string;
}

const p = sql.placeholder;

const byId = statement((db) =>
  db.select().from(contacts)
    .where(and(eq(contacts.id, p("id")), eq(contacts.workspaceId, p("workspaceId")))).prepare()
);

export async function selectContact(at: Ctx, id: string): Promise<ContactRow | null> {
  const [row] = await byId(at, { id, workspaceId: at.workspaceId });
  return row ?? null;
}

export async function selectContacts(at: Ctx, ids: readonly string[]): Promise<ContactRow[]> {
  return await at.db.select().from(contacts)
    .where(and(eq(contacts.workspaceId, at.workspaceId), inArray(contacts.id, [...ids])))
    .orderBy(asc(contacts.createdAt), asc(contacts.id));
}

export async function selectIdentities(at: Ctx, contactIds: readonly string[]): Promise<IdentityRow[]> {
  if (contactIds.length === 0) return [];
  return await at.db.select().from(contactIdentities).where(and(
    eq(contactIdentities.workspaceId, at.workspaceId),
    inArray(contactIdentities.contactId, [...contactIds]),
  )).orderBy(asc(contactIdentities.id));
}

/** The contact who has one of these numbers, the one known longest where there are several; null when nobody has. */
export async function selectContactByPhones(at: Ctx, phones: readonly string[]): Promise<string | null> {
  const [row] = await at.db.select({ contactId: contactIdentities.contactId }).from(contactIdentities).where(
    and(
      eq(contactIdentities.workspaceId, at.workspaceId),
      eq(contactIdentities.kind, "phone"),
      inArray(contactIdentities.value, [...phones]),
    ),
  ).orderBy(asc(contactIdentities.contactId)).limit(1);
  return row?.contactId ?? null;
}

const insertOne = statementBlind((db) =>
  db.insert(contacts).values({
    id: p("id"),
    workspaceId: p("workspaceId"),
    name: p("name"),
    locale: p("locale"),
    createdAt: p("createdAt"),
  }).prepare()
);

export async function insertContact(
  tx: Tx,
  { name, locale }: { name: string | null; locale: string | null },
): Promise<ContactRow> {
  const row: ContactRow = {
    id: newId("contact"),
    workspaceId: tx.workspaceId,
    name,
    locale,
    optedOutAt: null,
    erasedAt: null,
    createdAt: tx.now(),
  };
  await insertOne(tx, { ...row });
  return row;
}

const insertIdentityRow = statementBlind((db) =>
  db.insert(contactIdentities).values({
    id: p("id"),
    workspaceId: p("workspaceId"),
    contactId: p("contactId"),
    kind: p("kind"),
    value: p("value"),
    createdAt: p("createdAt"),
  }).prepare()
);

export async function insertIdentity(tx: Tx, contactId: string, { kind, value }: Identity): Promise<void> {
  const id = newId("identity");
  await insertIdentityRow(tx, {
    id,
    contactId,
    kind,
    value,
    workspaceId: tx.workspaceId,
    createdAt: tx.now(),
  });
}

/** Gives identifiers of one contact to another. */
export async function moveIdentities(
  tx: Tx,
  { ids, to }: { ids: readonly string[]; to: string },
): Promise<void> {
  if (ids.length === 0) return;
  await blind(
    tx.db.update(contactIdentities).set({ contactId: to })
      .where(and(eq(contactIdentities.workspaceId, tx.workspaceId), inArray(contactIdentities.id, [...ids]))),
  );
}

export async function deleteIdentities(tx: Tx, contactId: string): Promise<void> {
  await blind(
    tx.db.delete(contactIdentities).where(and(
      eq(contactIdentities.workspaceId, tx.workspaceId),
      eq(contactIdentities.contactId, contactId),
    )),
  );
}

export type ContactChange = Partial<Pick<ContactRow, "name" | "locale" | "optedOutAt" | "erasedAt">>;

export async function updateContact(tx: Tx, id: string, change: ContactChange): Promise<void> {
  await blind(
    tx.db.update(contacts).set(change)
      .where(and(eq(contacts.id, id), eq(contacts.workspaceId, tx.workspaceId))),
  );
}

export async function deleteContact(tx: Tx, id: string): Promise<void> {
  await blind(
    tx.db.delete(contacts).where(and(eq(contacts.id, id), eq(contacts.workspaceId, tx.workspaceId))),
  );
}

export interface ContactFilter {
  readonly q?: string | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

/** The newest first; erased ones are left out. */
export async function searchContacts(
  ctx: Ctx,
  { q, before, limit }: ContactFilter,
): Promise<ContactRow[]> {
  const like = q === undefined ? undefined : `%${q.replace(/[\\%_]/g, (char) => `\\${char}`)}%`;
  return await ctx.db.select().from(contacts).where(and(
    eq(contacts.workspaceId, ctx.workspaceId),
    isNull(contacts.erasedAt),
    before === undefined ? undefined : lt(contacts.id, before),
    like === undefined ? undefined : or(
      sql`${contacts.name} like ${like} escape '\\'`,
      sql`${contacts.id} in (select contact_id from contact_identities
        where workspace_id = ${ctx.workspaceId} and value like ${like} escape '\\')`,
    ),
  )).orderBy(desc(contacts.id)).limit(limit);
}
