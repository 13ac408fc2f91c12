import { and, asc, desc, eq, gt, lt, sql } from "drizzle-orm";
import { knowledgeChunks, knowledgeEntries } from "../../db/schema/knowledge.ts";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { blind, listed, statement, statementBlind } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import { newId } from "../kernel/ids.ts";
import type { IndexedChunk } from "./indexing.ts";

export { ENTRY_KINDS, type EntryKind } from "../../db/schema/knowledge.ts";

export type EntryRow = typeof knowledgeEntries.$inferSelect;

const placed = sql.placeholder;

const insertOne = statementBlind((db) =>
  db.insert(knowledgeEntries).values({
    id: placed("id"),
    workspaceId: placed("workspaceId"),
    kind: placed("kind"),
    title: placed("title"),
    body: placed("body"),
    locale: placed("locale"),
    tags: placed("tags"),
    source: placed("source"),
    sample: placed("sample"),
    enabled: placed("enabled"),
    createdBy: placed("createdBy"),
    createdAt: placed("createdAt"),
    updatedAt: placed("updatedAt"),
  }).prepare()
);

const insertChunk = statementBlind((db) =>
  db.insert(knowledgeChunks).values({
    workspaceId: placed("workspaceId"),
    entryId: placed("entryId"),
    position: placed("position"),
    heading: placed("heading"),
    text: placed("text"),
    locale: placed("locale"),
  }).prepare()
);

/** Made by a migration that drizzle has no words for (0001_full_text.sql), as is the next one. */
const fullText = sqliteTable("knowledge_fts", {
  rowid: integer("rowid"),
  workspace: text("workspace"),
  heading: text("heading"),
  stems: text("stems"),
});
const knownWords = sqliteTable("knowledge_words", {
  workspaceId: text("workspace_id").notNull(),
  sound: text("sound").notNull(),
  word: text("word").notNull(),
});

/** Of the chunk that the connection has just inserted. */
const indexChunk = statementBlind((db) =>
  db.insert(fullText).values({
    rowid: sql`last_insert_rowid()`,
    workspace: placed("workspaceId"),
    heading: placed("headingForm"),
    stems: placed("textForm"),
  }).prepare()
);

export type EntryFields = Omit<EntryRow, "id" | "workspaceId" | "createdBy" | "createdAt" | "updatedAt">;

export async function insertEntry(tx: Tx, fields: EntryFields): Promise<EntryRow> {
  const now = tx.now();
  const { workspaceId } = tx;
  const row = {
    ...fields,
    id: newId("entry"),
    workspaceId,
    createdBy: tx.actor.id,
    createdAt: now,
    updatedAt: now,
  };
  await insertOne(tx, row);
  return row;
}

/** Replaces the chunks of an entry and their index rows; the trigger of 0001_full_text.sql unindexes the old ones. */
export async function replaceChunks(
  tx: Tx,
  entry: Pick<EntryRow, "id" | "locale">,
  chunks: readonly IndexedChunk[],
): Promise<void> {
  const { workspaceId } = tx;
  await blind(
    tx.db.delete(knowledgeChunks).where(
      and(eq(knowledgeChunks.workspaceId, workspaceId), eq(knowledgeChunks.entryId, entry.id)),
    ),
  );
  for (const [position, { heading, text, headingForm, textForm }] of chunks.entries()) {
    await insertChunk(tx, {
      workspaceId,
      entryId: entry.id,
      position,
      heading,
      text,
      locale: entry.locale,
    });
    await indexChunk(tx, { workspaceId, headingForm, textForm });
  }
}

/** Remembers `[sound, word]` pairs for misspelt questions; known ones stay. */
export async function rememberWords(
  tx: Tx,
  pairs: readonly (readonly [sound: string, word: string])[],
): Promise<void> {
  if (pairs.length === 0) return;
  const chosen = sql`select ${tx.workspaceId}, value ->> 0, value ->> 1
    from json_each(${JSON.stringify(pairs)}) where true`;
  await blind(tx.db.insert(knownWords).select(chosen).onConflictDoNothing());
}

const entryById = statement((db) =>
  db.select().from(knowledgeEntries)
    .where(
      and(eq(knowledgeEntries.workspaceId, placed("workspaceId")), eq(knowledgeEntries.id, placed("id"))),
    ).prepare()
);

export async function selectEntry(ctx: Ctx, id: string): Promise<EntryRow | undefined> {
  const [row] = await entryById(ctx, { workspaceId: ctx.workspaceId, id });
  return row;
}

export interface EntryFilter {
  readonly before: string | null;
  readonly limit: number;
  readonly kind?: EntryRow["kind"] | undefined;
  readonly locale?: string | undefined;
  readonly tag?: string | undefined;
  readonly search?: string | undefined;
}

/** Newest first. The body is cut to `excerpt` characters: a list of documents must not weigh megabytes. */
export async function selectEntries(ctx: Ctx, filter: EntryFilter): Promise<EntryRow[]> {
  const { before, limit, kind, locale, tag, search } = filter;
  const like = search?.replace(/[\\%_]/g, "\\$&");
  return await ctx.db.select({
    ...columns,
    body: sql<string>`substr(${knowledgeEntries.body}, 1, ${EXCERPT})`,
  })
    .from(knowledgeEntries)
    .where(and(
      eq(knowledgeEntries.workspaceId, ctx.workspaceId),
      before === null ? undefined : lt(knowledgeEntries.id, before),
      kind === undefined ? undefined : eq(knowledgeEntries.kind, kind),
      locale === undefined ? undefined : eq(knowledgeEntries.locale, locale),
      tag === undefined
        ? undefined
        : sql`exists (select 1 from json_each(${knowledgeEntries.tags}) where value = ${tag})`,
      like === undefined ? undefined : sql`${knowledgeEntries.title} like ${`%${like}%`} escape '\\'`,
    ))
    .orderBy(desc(knowledgeEntries.id)).limit(limit);
}

/** Characters of the body that a list shows. */
export const EXCERPT = 2000;

const columns = {
  id: knowledgeEntries.id,
  workspaceId: knowledgeEntries.workspaceId,
  kind: knowledgeEntries.kind,
  title: knowledgeEntries.title,
  locale: knowledgeEntries.locale,
  tags: knowledgeEntries.tags,
  source: knowledgeEntries.source,
  sample: knowledgeEntries.sample,
  enabled: knowledgeEntries.enabled,
  createdBy: knowledgeEntries.createdBy,
  createdAt: knowledgeEntries.createdAt,
  updatedAt: knowledgeEntries.updatedAt,
};

export async function updateEntryRow(
  tx: Tx,
  id: string,
  fields: EntryFields & { updatedAt: number },
): Promise<void> {
  await blind(
    tx.db.update(knowledgeEntries).set(fields)
      .where(and(eq(knowledgeEntries.workspaceId, tx.workspaceId), eq(knowledgeEntries.id, id))),
  );
}

/** False when there was none. Chunks and index rows go with it. */
export async function deleteEntryRow(tx: Tx, id: string): Promise<boolean> {
  const gone = await tx.db.delete(knowledgeEntries)
    .where(and(eq(knowledgeEntries.workspaceId, tx.workspaceId), eq(knowledgeEntries.id, id)));
  return gone.rowsAffected > 0;
}

/** The ids of the sample's entries. */
export async function selectSampleIds(ctx: Ctx): Promise<string[]> {
  const rows = await ctx.db.select({ id: knowledgeEntries.id }).from(knowledgeEntries)
    .where(and(eq(knowledgeEntries.workspaceId, ctx.workspaceId), eq(knowledgeEntries.sample, true)))
    .orderBy(asc(knowledgeEntries.id));
  return rows.map(({ id }) => id);
}

/** Ids after `after`, in order. */
export async function selectIdsAfter(
  ctx: Ctx,
  { after, limit }: { after: string; limit: number },
): Promise<string[]> {
  const { id, workspaceId } = knowledgeEntries;
  const rows = await ctx.db.select({ id }).from(knowledgeEntries)
    .where(and(eq(workspaceId, ctx.workspaceId), gt(id, after))).orderBy(asc(id)).limit(limit);
  return rows.map((row) => row.id);
}

/** What makes two entries the same to an import. */
export function keyOf({ kind, title, body }: Pick<EntryRow, "kind" | "title" | "body">): string {
  return `${kind}\n${title}\n${body}`;
}

/** The keys of the entries with one of these titles. */
export async function selectKnown(tx: Tx, titles: readonly string[]): Promise<Set<string>> {
  const { kind, title, body, workspaceId } = knowledgeEntries;
  const rows = await tx.db.select({ kind, title, body }).from(knowledgeEntries)
    .where(
      and(
        eq(workspaceId, tx.workspaceId),
        sql`${title} in ${listed(titles)}`,
      ),
    );
  return new Set(rows.map(keyOf));
}

/** Forgets the words of a workspace that knows nothing any more. */
export async function forgetWordsWhenEmpty(tx: Tx): Promise<void> {
  const ofWorkspace = eq(knownWords.workspaceId, tx.workspaceId);
  await blind(
    tx.db.delete(knownWords).where(
      sql`${ofWorkspace} and not exists (select 1 from knowledge_entries where workspace_id = ${tx.workspaceId})`,
    ),
  );
}
