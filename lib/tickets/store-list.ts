import { and, desc, eq, type SQL, sql } from "drizzle-orm";
import { tickets } from "../../db/schema/tickets.ts";
import { listed } from "../../db/statement.ts";
import type { Ctx } from "../context.ts";
import { WORKING_STATES } from "./policy.ts";
import { TICKET_PRIORITIES, type TicketRow } from "./store.ts";
import { scopedMatch } from "./store-search.ts";
import { type ListQuery, type Look, lookAlong } from "./store-looks.ts";
import { inOneIndex, lookFor } from "./store-pages.ts";
import { type Before, conditions, isNothing, NAME, pairs, type Wanted } from "./store-walks.ts";

const t = tickets;

/** One that a look found: where it was then, and its row. */
export interface Found {
  readonly at: number;
  readonly seq: number;
  /** null: it was erased since then. */
  readonly row: TicketRow | null;
}

export interface Listed {
  readonly found: Found[];
  /** Where the look ended before it found enough: others may follow. */
  readonly lookedTo: Before;
}

/** Newest first by the sort's time. */
export async function selectTickets(at: Ctx, query: ListQuery): Promise<Listed> {
  const page = inOneIndex(at, query);
  if (page === null) return await withRows(at, await lookFor(at, query));
  const rows = await rowsOf(at, { hits: sql`(${page})`, wanted: {} });
  const found = rows.map((row) => ({
    at: query.sort === "created" ? row.createdAt : row.updatedAt,
    seq: row.seq,
    row,
  }));
  return { found: found.sort((a, b) => b.at - a.at || b.seq - a.seq), lookedTo: null };
}

/** In the order of the look, whatever was changed since: a cursor that followed the rows would skip or show twice. */
async function withRows(at: Ctx, { hits, lookedTo }: Look): Promise<Listed> {
  const rows = await selectBySeq(at, { seqs: hits.map(({ hit }) => hit), wanted: {} });
  const bySeq = new Map(rows.map((row) => [row.seq, row]));
  return { found: hits.map(({ hit, k }) => ({ at: k, seq: hit, row: bySeq.get(hit) ?? null })), lookedTo };
}

/** Hits of the index that are looked at for one page when other filters have their say too. */
const LOOK_AT = 10_000;

/** Tickets with these words, the newest first: `at` is their `seq`, as they stand in the index. */
export async function selectMatching(
  at: Ctx,
  { match, wanted, before, limit, except }: {
    match: string;
    wanted: Wanted;
    before: number | null;
    limit: number;
    except: number | null;
  },
): Promise<Listed> {
  const earlier = before === null ? sql`` : sql`and rowid < ${before}`;
  const others = except === null ? sql`` : sql`and rowid <> ${except}`;
  const most = isNothing(wanted) ? limit : LOOK_AT;
  const entries = sql`select rowid as hit, rowid as k from ticket_fts
    where ticket_fts match ${scopedMatch(at, match)} ${earlier} ${others} order by rowid desc limit ${most}`;
  const ends = isNothing(wanted) ? [] : [{ entries, most }];
  return await withRows(at, await lookAlong(at, { entries, left: wanted, ends }, limit));
}

/** Those of these rows of the index that pass the filters. */
export async function selectBySeq(
  at: Ctx,
  { seqs, wanted }: { seqs: readonly number[]; wanted: Wanted },
): Promise<TicketRow[]> {
  if (seqs.length === 0) return [];
  const hits = sql`(select value as hit from json_each(${JSON.stringify(seqs)}))`;
  return await rowsOf(at, { hits, wanted });
}

/** Whole rows by `seq`. The cross join keeps the planner from walking the workspace and looking each row up in `hits`. */
async function rowsOf(at: Ctx, { hits, wanted }: { hits: SQL; wanted: Wanted }): Promise<TicketRow[]> {
  const rows = await at.db.select({ ticket: t }).from(sql`${hits} as page`).crossJoin(t)
    .where(and(sql`${t.seq} = page.hit`, conditions(at, wanted)));
  return rows.map(({ ticket }) => ticket);
}

/** The one of a number in the workspace, if it passes the filters. */
export async function selectNumbered(
  at: Ctx,
  { number, wanted }: { number: number; wanted: Wanted },
): Promise<TicketRow[]> {
  return await at.db.select().from(t).where(and(eq(t.number, number), conditions(at, wanted)));
}

/**
 * What nobody has and somebody has to work on: the most urgent first, of those the oldest. `without` are kinds
 * (`team:category`) that are left out.
 */
export async function selectBacklog(
  at: Ctx,
  { limit, without }: { limit: number; without: readonly string[] },
): Promise<TicketRow[]> {
  const others = without.length === 0
    ? sql``
    : sql`and coalesce(team_id, '') || ':' || coalesce(category_id, '')
    not in ${listed(without)}`;
  const walks = pairs([...TICKET_PRIORITIES].reverse(), WORKING_STATES).map(([priority, state], place) =>
    sql`select * from (select seq as hit, ${
      Math.floor(place / WORKING_STATES.length)
    } as urgency, created_at as k
      from ${NAME} indexed by tickets_unassigned
      where workspace_id = ${at.workspaceId} and assignee_id is null and state not in ('resolved', 'closed')
        and state = ${state} and priority = ${priority} ${others}
      order by created_at, seq limit ${limit})`
  );
  const hits = await at.db.all<{ hit: number }>(
    sql`${sql.join(walks, sql` union all `)} order by urgency, k, hit limit ${limit}`,
  );
  const rows = new Map(
    (await selectBySeq(at, { seqs: hits.map(({ hit }) => hit), wanted: {} })).map((row) => [row.seq, row]),
  );
  return hits.flatMap(({ hit }) => rows.get(hit) ?? []);
}

/** The newest ticket of a conversation. */
export async function selectLatestOf(at: Ctx, conversationId: string): Promise<TicketRow | null> {
  const [row] = await at.db.select().from(t).where(and(
    eq(t.workspaceId, at.workspaceId),
    eq(t.conversationId, conversationId),
  )).orderBy(desc(t.createdAt), desc(t.seq)).limit(1);
  return row ?? null;
}

/** The same of a contact. */
export async function selectLatestOfContact(at: Ctx, contactId: string): Promise<TicketRow | null> {
  const [row] = await at.db.select().from(t).where(and(
    eq(t.workspaceId, at.workspaceId),
    eq(t.contactId, contactId),
    sql`${t.mergedInto} is null`,
  )).orderBy(desc(t.createdAt), desc(t.seq)).limit(1);
  return row ?? null;
}

const heldBy = (at: Ctx, operatorId: string) =>
  and(
    eq(t.workspaceId, at.workspaceId),
    eq(t.assigneeId, operatorId),
    sql`${t.state} not in ('resolved', 'closed')`,
  );

/** What an operator has and is not done. */
export async function selectHeldBy(at: Ctx, operatorId: string): Promise<TicketRow[]> {
  return await at.db.select().from(t).where(heldBy(at, operatorId));
}

export async function selectHeldIds(at: Ctx, operatorId: string): Promise<string[]> {
  const rows = await at.db.select({ id: t.id }).from(t).where(heldBy(at, operatorId));
  return rows.map(({ id }) => id);
}
