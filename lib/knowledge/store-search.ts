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
  readonly sample: boolean;
}

/** Hits that bm25 looks at: it is linear in them. Past this the oldest are looked at. */
const MOST_HITS = 3000;
/** A count past this is "common", whatever it is. */
export const COUNT_CAP = 1000;

const placed = sql.placeholder;

/** `workspace` is a token of the index, so postings of other tenants are never walked; the join checks it once more. */
const best = statement((db) =>
  db.select({
    chunk: knowledgeChunks.rowid,
    entryId: knowledgeChunks.entryId,
    kind: knowledgeEntries.kind,
    title: knowledgeEntries.title,
    heading: knowledgeChunks.heading,
    text: knowledgeChunks.text,
    locale: knowledgeEntries.locale,
    source: knowledgeEntries.source,
    sample: knowledgeEntries.sample,
  }).from(sql`(select id, score from (
      select rowid as id, bm25(knowledge_fts, 0.0, 4.0, 1.0) as score from knowledge_fts
      where knowledge_fts match ${placed("match")} limit ${sql.raw(String(MOST_HITS))}
    ) order by score limit ${placed("limit")}) as hit`)
    .innerJoin(
      knowledgeChunks,
      sql`${knowledgeChunks.rowid} = hit.id and ${knowledgeChunks.workspaceId} = ${placed("workspaceId")}`,
    )
    .innerJoin(knowledgeEntries, eq(knowledgeEntries.id, knowledgeChunks.entryId))
    .where(sql`${knowledgeEntries.enabled} = 1`)
    .orderBy(sql`hit.score, ${knowledgeChunks.rowid}`)
    .prepare()
);

/** The best chunks for an FTS5 expression over headings and stems, best first. */
export async function selectCandidates(
  ctx: Ctx,
  { match, limit }: { match: string; limit: number },
): Promise<CandidateRow[]> {
  return await best(ctx, { match: scoped(ctx, match), workspaceId: ctx.workspaceId, limit });
}

const counts = statement((db) =>
  db.select({
    name: sql<string>`asked.value ->> 0`,
    count: sql<number>`(select count(*) from (select 1 from knowledge_fts
      where knowledge_fts match asked.value ->> 1 limit ${sql.raw(String(COUNT_CAP))}))`,
  }).from(sql`json_each(${placed("asked")}) as asked`).prepare()
);

const total = statement((db) =>
  db.select({
    count: sql<number>`(select count(*) from (select 1 from ${knowledgeChunks}
      where ${knowledgeChunks.workspaceId} = ${placed("workspaceId")} limit ${
      sql.raw(String(20 * COUNT_CAP))
    }))`,
  }).from(sql`(select 1)`).prepare()
);

/** How many chunks each named expression finds (at most COUNT_CAP), in one statement. */
export async function countHits(
  ctx: Ctx,
  matches: readonly (readonly [name: string, match: string])[],
): Promise<Map<string, number>> {
  const asked = JSON.stringify(matches.map(([name, match]) => [name, scoped(ctx, match)]));
  const rows = await counts(ctx, { asked });
  return new Map(rows.map(({ name, count }) => [name, count]));
}

/** The chunks of the workspace, counted to twenty times COUNT_CAP. */
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

function scoped(ctx: Ctx, match: string): string {
  return `workspace : "${ctx.workspaceId.replaceAll('"', '""')}" AND {heading stems} : (${match})`;
}
