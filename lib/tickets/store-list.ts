import { and, desc, eq, type SQL, sql } from "drizzle-orm";
import { ticketDesks, tickets } from "../../db/schema/tickets.ts";
import { listed } from "../../db/statement.ts";
import type { Ctx } from "../context.ts";
import { WORKING_STATES } from "./policy.ts";
import { TICKET_PRIORITIES, type TicketRow } from "./store.ts";
import { scopedMatch } from "./store-search.ts";
import {
  armsByUpdate,
  armsOf,
  conditions,
  entriesOver,
  isFew,
  isOnHand,
  markedArms,
  markedSeqs,
  NAME,
  pairs,
  walksOver,
  type Wanted,
} from "./store-walks.ts";

const t = tickets;

export interface ListQuery {
  readonly wanted: Wanted;
  readonly sort: "created" | "updated";
  /** The last row of the page before. */
  readonly before: { readonly at: number; readonly seq: number } | null;
  readonly limit: number;
}

function pageOf(at: Ctx, { wanted, sort, before, limit }: ListQuery): SQL {
  const key = sql.raw(sort === "created" ? "created_at" : "updated_at");
  const filter = conditions(at, wanted);
  const after = before === null ? undefined : sql`(${key}, seq) < (${before.at}, ${before.seq})`;
  const marked = sort === "created" ? markedArms(at, wanted) : null;
  if (marked !== null) return pageOfMarked(marked, { before, limit });
  const arms = sort === "updated" ? armsByUpdate(wanted) : armsOf(wanted);
  const walks = arms.map(({ index, led }) =>
    sql`select * from (select seq as hit, ${key} as k from ${NAME} indexed by ${sql.raw(index)}
      where ${and(led, filter, after)} order by ${key} desc, seq desc limit ${limit})`
  );
  return sql`${sql.join(walks, sql` union all `)} order by k desc, hit desc limit ${limit}`;
}

function pageOfMarked(arms: readonly SQL[], { before, limit }: Pick<ListQuery, "before" | "limit">): SQL {
  const earlier = before === null ? sql`` : sql`and (m.created_at, m.seq) < (${before.at}, ${before.seq})`;
  const walks = arms.map((arm) =>
    sql`select * from (select m.seq as hit, m.created_at as k ${arm} ${earlier}
      order by m.created_at desc, m.seq desc limit ${limit})`
  );
  return sql`${sql.join(walks, sql` union all `)} order by k desc, hit desc limit ${limit}`;
}

/**
 * Of what was changed last so many are looked at first: what is common fills a page soon. To walk on costs more than to
 * find all of what is not: a row that is looked at costs as much as one that is found.
 */
const LAST = 1000;
/** So many are sorted for a page; of more the walk of that order comes to a page in time. */
const FEW = 6000;

/**
 * The page of something in the order of its last change; null: that order has to be walked to its end. For what is
 * rare this would read all of a desk.
 */
async function pageByUpdate(at: Ctx, query: ListQuery): Promise<number[] | null> {
  const { wanted, limit } = query;
  if (isOnHand(wanted) || Object.values(wanted).every((value) => value === undefined)) return null;
  const soon = isFew(wanted) || await isRare(at, query) ? [] : await soonByUpdate(at, query);
  if (soon.length === limit) return soon;
  const marked = markedSeqs(at, wanted);
  const page = marked === null ? [] : await markedByUpdate(at, query, marked);
  return page.length === limit ? page : await fewByUpdate(at, query);
}

/** Of the last ones too few are of this kind for a page, and to find them all is no more than to look at those. */
async function isRare(at: Ctx, { wanted, limit }: ListQuery): Promise<boolean> {
  const entries = entriesOver(at, wanted);
  if (entries === null) return false;
  const counted = await at.db.get<{ n: number; desk: number | null }>(sql`select count(*) as n,
      (select last_number from ${ticketDesks} where workspace_id = ${at.workspaceId}) as desk
    from (${entries} limit ${LAST + 1})`);
  const { n = 0, desk = null } = counted ?? {};
  return n <= LAST && n * LAST < limit * (desk ?? 0);
}

/** Of so many marked ones, no fewer and no more, a page comes soon in a walk that reads nothing but two indexes. */
const MARKED = { least: 1000, most: 50_000 } as const;
/** How far that walk goes: 60,000 entries of an index take what 5,000 rows do. */
const WALKED = 60_000;

/** What is neither common nor rare: the order of changes, walked in its index, with those marked looked up in theirs. */
async function markedByUpdate(at: Ctx, { wanted, before, limit }: ListQuery, marked: SQL): Promise<number[]> {
  const count = await countOf(at, { rows: marked, most: MARKED.most + 1 });
  if (count < (isMarkAlone(wanted) ? MARKED.least : FEW) || count > MARKED.most) return [];
  const after = before === null ? sql`` : sql`and (updated_at, seq) < (${before.at}, ${before.seq})`;
  const found = await at.db.all<{ hit: number }>(
    sql`select hit from (select seq as hit from ${NAME} indexed by tickets_updated
      where workspace_id = ${at.workspaceId} ${after} order by updated_at desc, seq desc limit ${WALKED})
      cross join ${NAME} on tickets.seq = hit
      where hit in (${marked}) and ${conditions(at, wanted)} limit ${limit}`,
  );
  return found.map(({ hit }) => hit);
}

async function soonByUpdate(at: Ctx, { wanted, before, limit }: ListQuery): Promise<number[]> {
  const after = before === null ? sql`` : sql`and (updated_at, seq) < (${before.at}, ${before.seq})`;
  // The outer walk is in the order of the inner one: no sort, so it ends early.
  const found = await at.db.all<{ hit: number }>(
    sql`select hit from (select seq as hit from ${NAME} indexed by tickets_updated
      where workspace_id = ${at.workspaceId} ${after} order by updated_at desc, seq desc limit ${LAST})
      cross join ${NAME} on tickets.seq = hit where ${conditions(at, wanted)} limit ${limit}`,
  );
  return found.map(({ hit }) => hit);
}

async function fewByUpdate(at: Ctx, { wanted, before, limit }: ListQuery): Promise<number[] | null> {
  const walks = walksOver(at, wanted).map((walk) =>
    sql`select tickets.seq as hit, tickets.updated_at as k ${walk}`
  );
  const found = await at.db.all<{ hit: number; k: number }>(
    sql`select hit, k from (${sql.join(walks, sql` union all `)}) limit ${FEW + 1}`,
  );
  if (found.length > FEW) return null;
  return found
    .filter(({ hit, k }) => before === null || k < before.at || (k === before.at && hit < before.seq))
    .sort((a, b) => b.k - a.k || b.hit - a.hit).slice(0, limit).map(({ hit }) => hit);
}

/** Nothing narrows it further but a state, which the index of marks has too, or another mark. */
function isMarkAlone({ custom: _custom, label: _label, states: _states, ...rest }: Wanted): boolean {
  return Object.values(rest).every((value) => value === undefined);
}

/** Newest first by the sort's time. */
export async function selectTickets(at: Ctx, query: ListQuery): Promise<TicketRow[]> {
  const seqs = query.sort === "updated" ? await pageByUpdate(at, query) : null;
  const rows = seqs === null
    ? await rowsOf(at, { hits: sql`(${pageOf(at, query)})`, wanted: {} })
    : await selectBySeq(at, { seqs, wanted: {} });
  const keyOf = (row: TicketRow) => query.sort === "created" ? row.createdAt : row.updatedAt;
  return rows.sort((a, b) => keyOf(b) - keyOf(a) || b.seq - a.seq);
}

/** How many tickets there are of a kind, counted to `most`. */
export async function countTickets(
  at: Ctx,
  { wanted, most }: { wanted: Wanted; most: number },
): Promise<number> {
  const walks = walksOver(at, wanted).map((walk) => sql`select 1 ${walk}`);
  return await countOf(at, { rows: sql.join(walks, sql` union all `), most });
}

async function countOf(at: Ctx, { rows, most }: { rows: SQL; most: number }): Promise<number> {
  const row = await at.db.get<{ n: number }>(sql`select count(*) as n from (${rows} limit ${most})`);
  return row?.n ?? 0;
}

/** Hits of the index that are looked at for one page when other filters have their say too. */
const LOOK_AT = 10_000;

export interface Matching {
  readonly rows: TicketRow[];
  /** The last hit that was looked at, where the look ended before it found enough: older ones may still pass. */
  readonly lookedTo: number | null;
}

/** Tickets with these words, the newest first. */
export async function selectMatching(
  at: Ctx,
  { match, wanted, before, limit, except }: {
    match: string;
    wanted: Wanted;
    before: number | null;
    limit: number;
    except: number | null;
  },
): Promise<Matching> {
  const earlier = before === null ? sql`` : sql`and rowid < ${before}`;
  const others = except === null ? sql`` : sql`and rowid <> ${except}`;
  const filtered = Object.values(wanted).some((value) => value !== undefined);
  const hits = sql`select rowid as hit from ticket_fts
    where ticket_fts match ${scopedMatch(at, match)} ${earlier} ${others} order by rowid desc`;
  // The walk is in the order of the index, and the outer one in the order of the walk: no sort, so it ends early.
  const found = await at.db.all<{ hit: number }>(
    sql`select hit from (${hits} limit ${filtered ? LOOK_AT : limit})
      cross join ${NAME} on tickets.seq = hit where ${conditions(at, wanted)} limit ${limit}`,
  );
  const rows = await selectBySeq(at, { seqs: found.map(({ hit }) => hit), wanted: {} });
  const last = filtered && found.length < limit
    ? await at.db.get<{ hit: number }>(sql`${hits} limit 1 offset ${LOOK_AT - 1}`)
    : undefined;
  return { rows: rows.sort((a, b) => b.seq - a.seq), lookedTo: last?.hit ?? null };
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
