import { and, desc, eq, gte, inArray, isNull, lt, type SQL, sql } from "drizzle-orm";
import { clients, clientTerms } from "../../db/schema/clients.ts";
import { statement, statementOne } from "../../db/statement.ts";
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

export interface ClientFilter {
  readonly before: string | null;
  readonly limit: number;
  /** Folded beginnings of words: each must be found. */
  readonly terms?: readonly string[];
  readonly label?: string | undefined;
  readonly externalId?: string | undefined;
}

/** A beginning that more clients have than this is looked up client by client: the newest are found at once. */
const BROAD = 2000;

const countOf = statementOne((db) =>
  db.select({ found: sql<number>`count(*)` }).from(
    db.select({ one: sql`1` }).from(clientTerms).where(and(
      eq(clientTerms.workspaceId, p("workspaceId")),
      gte(clientTerms.term, p("from")),
      lt(clientTerms.term, p("to")),
    )).limit(BROAD).as("some"),
  ).prepare()
);

async function beginsWith(at: Ctx, term: string): Promise<SQL> {
  const { workspaceId } = at;
  const to = `${term}\uffff`;
  const { found = 0 } = await countOf(at, { workspaceId, from: term, to }) ?? {};
  return found < BROAD
    ? sql`${c.id} in (select client_id from client_terms
        where workspace_id = ${workspaceId} and term >= ${term} and term < ${to})`
    : sql`exists (select 1 from client_terms t
        where t.client_id = ${c.id} and t.term >= ${term} and t.term < ${to})`;
}

/** The newest first. */
export async function selectClients(at: Ctx, filter: ClientFilter): Promise<ClientRow[]> {
  const { before, limit, terms = [], label, externalId } = filter;
  const { workspaceId } = at;
  const found: SQL[] = [];
  for (const term of terms) found.push(await beginsWith(at, term));
  return await at.db.select().from(c).where(and(
    eq(c.workspaceId, workspaceId),
    isNull(c.removedAt),
    before === null ? undefined : lt(c.id, before),
    externalId === undefined ? undefined : eq(c.externalId, externalId),
    label === undefined
      ? undefined
      : sql`exists (select 1 from json_each(${c.labels}) l where l.value = ${label})`,
    ...found,
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

const insertOne = statement((db) =>
  db.insert(c).values({
    id: p("id"),
    workspaceId: p("workspaceId"),
    kind: p("kind"),
    name: p("name"),
    taxId: p("taxId"),
    externalId: p("externalId"),
    email: p("email"),
    phone: p("phone"),
    contractStarts: p("contractStarts"),
    contractEnds: p("contractEnds"),
    contractPlan: p("contractPlan"),
    slaPolicyId: p("slaPolicyId"),
    language: p("language"),
    timezone: p("timezone"),
    notes: p("notes"),
    labels: p("labels"),
    custom: p("custom"),
    createdAt: p("createdAt"),
    updatedAt: p("updatedAt"),
  }).prepare()
);

export async function insertClient(
  tx: Tx,
  row: Omit<ClientRow, "workspaceId">,
  terms: readonly string[],
): Promise<void> {
  await insertOne(tx, { ...row, workspaceId: tx.workspaceId });
  await insertTerms(tx, row.id, terms);
}

export async function updateClient(
  tx: Tx,
  id: string,
  change: Partial<Omit<ClientRow, "id" | "workspaceId" | "createdAt">>,
): Promise<void> {
  await tx.db.update(c).set(change).where(and(eq(c.workspaceId, tx.workspaceId), eq(c.id, id)));
}

/** The plus keeps SQLite from walking the workspace's. */
export async function replaceTerms(tx: Tx, clientId: string, terms: readonly string[]): Promise<void> {
  await tx.db.delete(clientTerms)
    .where(and(sql`+${clientTerms.workspaceId} = ${tx.workspaceId}`, eq(clientTerms.clientId, clientId)));
  await insertTerms(tx, clientId, terms);
}

const insertAll = statement((db) =>
  db.insert(clientTerms).select(
    sql`select ${p("workspaceId")}, value, ${p("clientId")} from json_each(${p("terms")}) where true`,
  ).prepare()
);

async function insertTerms(tx: Tx, clientId: string, terms: readonly string[]): Promise<void> {
  await insertAll(tx, { workspaceId: tx.workspaceId, clientId, terms: JSON.stringify(terms) });
}

/** Ids of those that one stands for. */
export async function selectMergedInto(at: Ctx, id: string): Promise<string[]> {
  const rows = await at.db.select({ id: c.id }).from(c)
    .where(and(eq(c.workspaceId, at.workspaceId), eq(c.mergedInto, id)));
  return rows.map((row) => row.id);
}
