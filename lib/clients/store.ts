import { and, desc, eq, inArray, isNull, lt, sql } from "drizzle-orm";
import { clients, clientTerms } from "../../db/schema/clients.ts";
import { events } from "../../db/schema/log.ts";
import { statementOne } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type ClientRow = typeof clients.$inferSelect;

const p = sql.placeholder;
const c = clients;

const byId = statementOne((db) =>
  db.select().from(c).where(and(eq(c.workspaceId, p("workspaceId")), eq(c.id, p("id")))).prepare()
);

/** Also one that was merged or removed. */
export async function selectClient(at: Ctx, id: string): Promise<ClientRow | null> {
  return await byId(at, { workspaceId: at.workspaceId, id }) ?? null;
}

const byExternalId = statementOne((db) =>
  db.select().from(c).where(and(
    eq(c.workspaceId, p("workspaceId")),
    eq(c.externalId, p("externalId")),
    isNull(c.removedAt),
  )).prepare()
);

export async function selectClientByExternalId(at: Ctx, externalId: string): Promise<ClientRow | null> {
  return await byExternalId(at, { workspaceId: at.workspaceId, externalId }) ?? null;
}

export async function selectClientsById(at: Ctx, ids: readonly string[]): Promise<ClientRow[]> {
  if (ids.length === 0) return [];
  return await at.db.select().from(c).where(and(eq(c.workspaceId, at.workspaceId), inArray(c.id, [...ids])));
}

export interface ClientFilter {
  readonly before: string | null;
  readonly limit: number;
  /** Folded beginnings of words: each must be found. */
  readonly terms?: readonly string[];
  readonly label?: string | undefined;
  readonly externalId?: string | undefined;
}

/** The newest first. */
export async function selectClients(at: Ctx, filter: ClientFilter): Promise<ClientRow[]> {
  const { before, limit, terms = [], label, externalId } = filter;
  const { workspaceId } = at;
  return await at.db.select().from(c).where(and(
    eq(c.workspaceId, workspaceId),
    isNull(c.removedAt),
    before === null ? undefined : lt(c.id, before),
    externalId === undefined ? undefined : eq(c.externalId, externalId),
    label === undefined
      ? undefined
      : sql`exists (select 1 from json_each(${c.labels}) l where l.value = ${label})`,
    ...terms.map((term) =>
      sql`${c.id} in (select client_id from client_terms where workspace_id = ${workspaceId}
        and term >= ${term} and term < ${`${term}\uffff`})`
    ),
  )).orderBy(desc(c.id)).limit(limit);
}

/** The client with exactly this word (a number, an address), the oldest where there are several. */
export async function selectClientByTerms(at: Ctx, terms: readonly string[]): Promise<ClientRow | null> {
  const [row] = await at.db.select({ client: c }).from(clientTerms)
    .innerJoin(c, and(eq(c.id, clientTerms.clientId), isNull(c.removedAt)))
    .where(and(eq(clientTerms.workspaceId, at.workspaceId), inArray(clientTerms.term, [...terms])))
    .orderBy(c.id).limit(1);
  return row?.client ?? null;
}

export async function insertClient(
  tx: Tx,
  row: Omit<ClientRow, "workspaceId">,
  terms: readonly string[],
): Promise<void> {
  await tx.db.insert(c).values({ ...row, workspaceId: tx.workspaceId });
  await insertTerms(tx, row.id, terms);
}

export async function updateClient(
  tx: Tx,
  id: string,
  change: Partial<Omit<ClientRow, "id" | "workspaceId" | "createdAt">>,
): Promise<void> {
  await tx.db.update(c).set(change).where(and(eq(c.workspaceId, tx.workspaceId), eq(c.id, id)));
}

export async function replaceTerms(tx: Tx, clientId: string, terms: readonly string[]): Promise<void> {
  await tx.db.delete(clientTerms)
    .where(and(eq(clientTerms.workspaceId, tx.workspaceId), eq(clientTerms.clientId, clientId)));
  await insertTerms(tx, clientId, terms);
}

async function insertTerms(tx: Tx, clientId: string, terms: readonly string[]): Promise<void> {
  if (terms.length === 0) return;
  const { workspaceId } = tx;
  await tx.db.insert(clientTerms).values(terms.map((term) => ({ workspaceId, clientId, term })));
}

/** What the log said of a client goes. */
export async function emptyClientEvents(tx: Tx, clientId: string): Promise<void> {
  await tx.db.update(events).set({ data: { erased: true } })
    .where(and(eq(events.workspaceId, tx.workspaceId), eq(events.subjectId, clientId)));
}

/** Those merged into one that is merged itself now stand for the last one. */
export async function redirectMerged(tx: Tx, { from, into }: { from: string; into: string }): Promise<void> {
  await tx.db.update(c).set({ mergedInto: into })
    .where(and(eq(c.workspaceId, tx.workspaceId), eq(c.mergedInto, from)));
}
