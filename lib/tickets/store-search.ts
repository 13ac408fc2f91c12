import { sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { statementGathered } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

const p = sql.placeholder;

/** The virtual table, as far as rows are put in. */
const ticketFts = sqliteTable("ticket_fts", {
  rowid: integer("rowid"),
  subject: text("subject"),
  body: text("body"),
});

/** What the index holds of a ticket: stems. */
export interface IndexForm {
  readonly subject: string;
  readonly body: string;
}

/** One for all tickets of a commit: FTS5 writes a part of its index at each savepoint in which a row was put in. */
const insertRows = statementGathered((db) =>
  db.insert(ticketFts).select(
    sql`select value ->> 0, value ->> 1, value ->> 2 from json_each(${p("rows")}) order by key`,
  ).prepare()
);

export async function indexTicket(tx: Tx, { seq, form }: { seq: number; form: IndexForm }): Promise<void> {
  await insertRows(tx, [seq, own(tx, form.subject), own(tx, form.body)]);
}

/** Takes a ticket's old words out and the new ones in. */
export async function reindexTicket(tx: Tx, { seq, form }: { seq: number; form: IndexForm }): Promise<void> {
  await tx.db.run(sql`delete from ticket_fts where rowid = ${seq}`);
  await indexTicket(tx, { seq, form });
}

/** The part of a workspace's id that is chance: before each word of its tickets. */
function markOf({ workspaceId }: Ctx): string {
  return `${workspaceId.slice(-16)}_`;
}

/**
 * The words of a workspace as the index has them. Each carries its workspace, so that a search walks its own postings
 * only: a word that all tenants use costs none of them more, and no intersection with "all of mine" is needed.
 */
function own(at: Ctx, words: string): string {
  const mark = markOf(at);
  return words.split(" ").filter(Boolean).map((word) => mark + word).join(" ");
}

/** Safe because `match` holds nothing but quoted tokens of letters, digits and `_`, AND, OR and parentheses. */
export function scopedMatch(at: Ctx, match: string): string {
  const mark = markOf(at);
  return `{subject body} : (${match.replaceAll(/"([^"]+)"/g, (_all, token) => `"${mark}${token}"`)})`;
}

/** How many tickets match, counted to `most`. */
export async function countMatches(
  at: Ctx,
  { match, most, except }: { match: string; most: number; except: number | null },
): Promise<number> {
  const row = await at.db.get<{ n: number }>(
    sql`select count(*) as n from (select 1 from ticket_fts where ticket_fts match ${
      scopedMatch(at, match)
    } ${except === null ? sql`` : sql`and rowid <> ${except}`} limit ${most})`,
  );
  return row?.n ?? 0;
}

/** The rows that match, the newest first and at most `most`, and those of them that have each term in their subject. */
export async function selectHits(
  at: Ctx,
  { match, terms, most }: { match: string; terms: readonly string[]; most: number },
): Promise<{ all: number[]; inSubject: number[][] }> {
  const all = scopedMatch(at, match);
  const narrowed = terms.map((term) =>
    `${all} AND (${scopedMatch(at, term).replace("{subject body}", "subject")})`
  );
  // One statement: a ticket that gets other words in between would be ranked by both.
  const rows = await at.db.all<{ hits: string }>(
    sql.join(
      [all, ...narrowed].map((asked, place) =>
        sql`select ${place} as place, json_group_array(hit) as hits from (select rowid as hit from ticket_fts
        where ticket_fts match ${asked} order by rowid desc limit ${most})`
      ),
      sql` union all `,
    ).append(sql` order by place`),
  );
  const [hits = [], ...inSubject] = rows.map(({ hits }) => numbers(hits));
  return { all: hits, inSubject };
}

/** Safe because json_group_array over rowids gives nothing but integers. */
function numbers(json: string): number[] {
  return JSON.parse(json) as number[];
}
