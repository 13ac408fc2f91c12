import { eq, sql } from "drizzle-orm";
import { knowledgeChunks, knowledgeEntries } from "../../db/schema/knowledge.ts";
import { statement } from "../../db/statement.ts";
import type { Ctx } from "../context.ts";
import type { EntryKind } from "./store.ts";

export interface CandidateRow {
  readonly chunk: number;
  readonly entryId: string;
  readonly kind: EntryKind;
  readonly title: string;
  readonly heading: string | null;
  readonly text: string;
  readonly locale: string | null;
  readonly source: string | null;
}

/** Newest chunks that are looked at for one term; what has more is common. */
export const COMMON = 1000;
/** Chunks of which the best are loaded, the shorter title first among equals. */
const MOST_RANKED = 300;

const placed = sql.placeholder;

/** The chunks that have a term, newest first, at most COMMON of each. */
export interface Postings {
  readonly heading: readonly number[];
  readonly text: readonly number[];
}

const postings = statement((db) =>
  db.select({ name: sql<string>`asked.value ->> 0`, heading: ids(1), text: ids(2) })
    .from(sql`json_each(${placed("asked")}) as asked`).prepare()
);

function ids(match: number) {
  return sql<string>`(select json_group_array(id) from (select rowid as id from knowledge_fts
    where knowledge_fts match asked.value ->> ${sql.raw(String(match))} order by rowid desc limit ${
    sql.raw(String(COMMON))
  }))`;
}

/**
 * Where each named FTS5 expression is found, in one statement. bm25 is not asked: it walks every posting of the whole
 * index (4 us each), while what it would say is said better by policy.ts. `workspace` is a token, so that postings of
 * other tenants are skipped inside the index.
 */
export async function selectPostings(
  ctx: Ctx,
  matches: readonly (readonly [name: string, match: string])[],
): Promise<Map<string, Postings>> {
  if (matches.length === 0) return new Map();
  const asked = matches.map((
    [name, match],
  ) => [name, scoped(ctx, { match, column: "heading" }), scoped(ctx, { match, column: "stems" })]);
  const rows = await postings(ctx, { asked: JSON.stringify(asked) });
  return new Map(
    rows.map(({ name, heading, text }) => [name, { heading: numbers(heading), text: numbers(text) }]),
  );
}

/** Safe because json_group_array over rowids gives nothing but integers. */
function numbers(json: string): number[] {
  return JSON.parse(json) as number[];
}

function scoped(ctx: Ctx, { match, column }: { match: string; column: "heading" | "stems" }): string {
  return `workspace : "${ctx.workspaceId.replaceAll('"', '""')}" AND ${column} : (${match})`;
}

const ranked = statement((db) =>
  db.select({
    chunk: knowledgeChunks.rowid,
    entryId: knowledgeChunks.entryId,
    kind: knowledgeEntries.kind,
    title: knowledgeEntries.title,
    heading: knowledgeChunks.heading,
    text: knowledgeChunks.text,
    locale: knowledgeEntries.locale,
    source: knowledgeEntries.source,
  }).from(sql`json_each(${placed("ranked")}) as hit`)
    .innerJoin(
      knowledgeChunks,
      sql`${knowledgeChunks.rowid} = hit.value ->> 0 and ${knowledgeChunks.workspaceId} = ${
        placed("workspaceId")
      }`,
    )
    .innerJoin(knowledgeEntries, eq(knowledgeEntries.id, knowledgeChunks.entryId))
    .where(sql`${knowledgeEntries.enabled} = 1`)
    .orderBy(sql`hit.value ->> 1 desc, length(${knowledgeEntries.title}), ${knowledgeChunks.rowid} desc`)
    .limit(placed("limit")).prepare()
);

/** The best of these chunks of the workspace; `worth` maps their rowids to what they seem to be worth. */
export async function selectCandidates(
  ctx: Ctx,
  { worth, limit }: { worth: ReadonlyMap<number, number>; limit: number },
): Promise<CandidateRow[]> {
  if (worth.size === 0) return [];
  const best = [...worth].sort((a, b) => b[1] - a[1]).slice(0, MOST_RANKED);
  return await ranked(ctx, { ranked: JSON.stringify(best), workspaceId: ctx.workspaceId, limit });
}

const total = statement((db) =>
  db.select({
    count: sql<number>`(select count(*) from (select 1 from ${knowledgeChunks}
      where ${knowledgeChunks.workspaceId} = ${placed("workspaceId")} limit ${
      sql.raw(String(20 * COMMON))
    }))`,
  }).from(sql`(select 1)`).prepare()
);

/** The chunks of the workspace, counted to twenty times COMMON. */
export async function countChunks(ctx: Ctx): Promise<number> {
  const [row] = await total(ctx, { workspaceId: ctx.workspaceId });
  return row?.count ?? 0;
}

const wordsBySound = statement((db) =>
  db.select({ word: sql<string>`word`, sound: sql<string>`sound` }).from(sql`knowledge_words`)
    .where(
      sql`workspace_id = ${placed("workspaceId")} and sound >= ${placed("first")} and sound < ${
        placed("last")
      }`,
    )
    .limit(5000).prepare()
);

/** The workspace's words whose sound starts with a letter. */
export async function selectWords(ctx: Ctx, initial: string): Promise<{ word: string; sound: string }[]> {
  return await wordsBySound(ctx, {
    workspaceId: ctx.workspaceId,
    first: initial,
    last: `${initial}\u{10ffff}`,
  });
}
