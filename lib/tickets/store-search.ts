import { sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { statement } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

const p = sql.placeholder;

/** The virtual table, as far as rows are put in. */
const ticketFts = sqliteTable("ticket_fts", {
  rowid: integer("rowid"),
  workspace: text("workspace"),
  subject: text("subject"),
  body: text("body"),
});

/** What the index holds of a ticket: stems. */
export interface IndexForm {
  readonly subject: string;
  readonly body: string;
}

const insertOne = statement((db) =>
  db.insert(ticketFts).values({
    rowid: p("seq"),
    workspace: p("workspaceId"),
    subject: p("subject"),
    body: p("body"),
  }).prepare()
);

export async function indexTicket(tx: Tx, { seq, form }: { seq: number; form: IndexForm }): Promise<void> {
  await insertOne(tx, { seq, workspaceId: tx.workspaceId, ...form });
}

/** Takes a ticket's old words out and the new ones in. */
export async function reindexTicket(tx: Tx, { seq, form }: { seq: number; form: IndexForm }): Promise<void> {
  await tx.db.run(sql`delete from ticket_fts where rowid = ${seq}`);
  await indexTicket(tx, { seq, form });
}

/** A match of this workspace only: its id is a token of each row. */
export function scopedMatch(at: Ctx, match: string): string {
  return `workspace : "${at.workspaceId.replaceAll('"', '""')}" AND ({subject body} : (${match}))`;
}

/** How many tickets match, counted to `most`. */
export async function countMatches(
  at: Ctx,
  { match, most }: { match: string; most: number },
): Promise<number> {
  const row = await at.db.get<{ n: number }>(
    sql`select count(*) as n from (select 1 from ticket_fts where ticket_fts match ${
      scopedMatch(at, match)
    } limit ${most})`,
  );
  return row?.n ?? 0;
}

/** The rows that match, the newest first, at most `most`. */
export async function selectHits(
  at: Ctx,
  { match, most }: { match: string; most: number },
): Promise<number[]> {
  const rows = await at.db.all<{ hit: number }>(
    sql`select rowid as hit from ticket_fts where ticket_fts match ${scopedMatch(at, match)}
      order by rowid desc limit ${most}`,
  );
  return rows.map(({ hit }) => hit);
}

/** The same, of the rows that have `term` in their subject. */
export async function selectSubjectHits(
  at: Ctx,
  { match, term, most }: { match: string; term: string; most: number },
): Promise<number[]> {
  const rows = await at.db.all<{ hit: number }>(
    sql`select rowid as hit from ticket_fts where ticket_fts match ${`${
      scopedMatch(at, match)
    } AND (subject : (${term}))`} order by rowid desc limit ${most}`,
  );
  return rows.map(({ hit }) => hit);
}
