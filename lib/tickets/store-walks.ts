import { aliasedTable, and, eq, gte, inArray, isNotNull, lt, type SQL, sql } from "drizzle-orm";
import { tickets } from "../../db/schema/tickets.ts";
import type { Ctx } from "../context.ts";
import { DAY } from "../kernel/clock.ts";
import type { Mood } from "../sentiment/mod.ts";
import type { TicketPriority, TicketState } from "./store.ts";

/** What tickets are picked by; an absent field picks all. */
export interface Wanted {
  readonly states?: readonly TicketState[] | undefined;
  readonly priorities?: readonly TicketPriority[] | undefined;
  readonly contactId?: string | undefined;
  readonly conversationId?: string | undefined;
  readonly label?: string | undefined;
  /** null: nobody has it. */
  readonly assigneeId?: string | null | undefined;
  readonly teamId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly categoryId?: string | undefined;
  readonly createdFrom?: number | undefined;
  readonly createdTo?: number | undefined;
  readonly updatedFrom?: number | undefined;
  readonly updatedTo?: number | undefined;
  readonly overdue?: boolean | undefined;
  /** Values of custom fields. */
  readonly custom?: readonly { readonly key: string; readonly value: string }[] | undefined;
  readonly mood?: Mood | undefined;
}

const t = tickets;
/** What a walk in the order of time reads of a ticket, under the columns' names. */
const w = aliasedTable(tickets, "w");

/** A mark of this ticket: its whole key is known, so it is one entry of one index. */
const isOf = (row: typeof tickets) =>
  sql`m.workspace_id = ${row.workspaceId} and m.state = ${row.state} and m.created_at = ${row.createdAt}
    and m.seq = ${row.seq}`;

/** Every filter as a condition on the row, and that it is of the workspace. */
export const conditions = (at: Ctx, wanted: Wanted) =>
  and(eq(t.workspaceId, at.workspaceId), filters(at, wanted, t));

function filters(at: Ctx, wanted: Wanted, row: typeof tickets): SQL | undefined {
  const { states, priorities, assigneeId, overdue } = wanted;
  const same = <T extends string>(column: Parameters<typeof eq>[0], value: T | undefined) =>
    value === undefined ? undefined : eq(column, value);
  return and(
    states === undefined ? undefined : inArray(row.state, [...states]),
    priorities === undefined ? undefined : inArray(row.priority, [...priorities]),
    same(row.contactId, wanted.contactId),
    same(row.conversationId, wanted.conversationId),
    assigneeId === undefined
      ? undefined
      : assigneeId === null
      ? sql`${row.assigneeId} is null`
      : eq(row.assigneeId, assigneeId),
    same(row.teamId, wanted.teamId),
    same(row.clientId, wanted.clientId),
    same(row.categoryId, wanted.categoryId),
    same(row.mood, wanted.mood),
    wanted.label === undefined ? undefined : sql`exists (select 1 from ticket_labels m
      indexed by ticket_labels_pair where m.label = ${wanted.label} and ${isOf(row)})`,
    ...(wanted.custom ?? []).map(({ key, value }) =>
      sql`exists (select 1 from ticket_field_values m indexed by ticket_field_values_pair
        where m.key = ${key} and m.value = ${value} and ${isOf(row)})`
    ),
    wanted.createdFrom === undefined ? undefined : gte(row.createdAt, wanted.createdFrom),
    wanted.createdTo === undefined ? undefined : lt(row.createdAt, wanted.createdTo),
    wanted.updatedFrom === undefined ? undefined : gte(row.updatedAt, wanted.updatedFrom),
    wanted.updatedTo === undefined ? undefined : lt(row.updatedAt, wanted.updatedTo),
    overdue === undefined
      ? undefined
      : overdue
      ? and(isNotNull(row.dueAt), lt(row.dueAt, at.now()))
      : sql`(${row.dueAt} is null or ${row.dueAt} >= ${at.now()})`,
  );
}

/** Each of the ones with each of the others. */
export const pairs = <A, B>(as: readonly A[], bs: readonly B[]) =>
  as.flatMap((a) => bs.map((b) => [a, b] as const));

/** By which time a list is in order. */
export type Sort = "created" | "updated";
/** The last row of the page before. */
export type Before = { readonly at: number; readonly seq: number } | null;

const TIMES = {
  created: { column: sql.raw("created_at"), index: sql.raw("tickets_created") },
  updated: { column: sql.raw("updated_at"), index: sql.raw("tickets_updated") },
} as const;

const CREATED = ["createdFrom", "createdTo"] as const satisfies (keyof Wanted)[];
const UPDATED = ["updatedFrom", "updatedTo"] as const satisfies (keyof Wanted)[];

export const timesOf = (sort: Sort) => TIMES[sort];
/** The filters by that time. */
export const rangeOf = (sort: Sort) => sort === "created" ? CREATED : UPDATED;

/** Clocks are set back: by so much the last change may seem to be before the creation. */
const SET_BACK = DAY;

/** Between which times what is wanted lies: nothing is changed before it is created. */
function spanOf(wanted: Wanted, sort: Sort): { from: number; to: number } {
  const { createdFrom = -Infinity, createdTo = Infinity, updatedFrom = -Infinity, updatedTo = Infinity } =
    wanted;
  return sort === "created"
    ? { from: createdFrom, to: Math.min(createdTo, updatedTo + SET_BACK) }
    : { from: Math.max(updatedFrom, createdFrom - SET_BACK), to: updatedTo };
}

/** The part of an index in the order of that time that a page lies in. Of two upper ends SQLite would seek only one. */
export function within(wanted: Wanted, { sort, before }: { sort: Sort; before: Before }): SQL {
  const { from, to } = spanOf(wanted, sort);
  const { column } = TIMES[sort];
  const lower = from === -Infinity ? sql`` : sql` and m.${column} >= ${from}`;
  if (before !== null && before.at < to) {
    return sql`${lower} and (m.${column}, m.seq) < (${before.at}, ${before.seq})`;
  }
  return to === Infinity ? lower : sql`${lower} and m.${column} < ${to}`;
}

/** What the two indexes in the order of time hold of each ticket, by filter: of that nothing is looked up. */
const HELD_COLUMNS = [
  ["states", "state"],
  ["priorities", "priority"],
  ["assigneeId", "assignee_id"],
  ["teamId", "team_id"],
  ["categoryId", "category_id"],
  ["createdFrom", "created_at"],
  ["createdTo", "created_at"],
  ["updatedFrom", "updated_at"],
  ["updatedTo", "updated_at"],
] as const satisfies (readonly [keyof Wanted, string])[];
export const HELD = HELD_COLUMNS.map(([key]) => key);

/** What is wanted of those. */
export function only(wanted: Wanted, keys: readonly (keyof Wanted)[]): Wanted {
  return Object.fromEntries(Object.entries(wanted).filter(([key]) => keys.some((one) => one === key)));
}

/** The filters that are given, but for those. */
export function others(wanted: Wanted, keys: readonly (keyof Wanted)[]): Wanted {
  return Object.fromEntries(
    Object.entries(wanted).filter(([key, value]) => value !== undefined && !keys.some((one) => one === key)),
  );
}

export const isNothing = (wanted: Wanted) => Object.values(wanted).every((value) => value === undefined);

/** A walk of all tickets in the order of a time: `w`, as far as `most` of them, with what the index holds. */
export function allInOrder(
  at: Ctx,
  { wanted, sort, before, most }: { wanted: Wanted; sort: Sort; before: Before; most: number },
): SQL {
  const { column, index } = TIMES[sort];
  const asked = HELD_COLUMNS.filter(([key]) => wanted[key] !== undefined).map(([, name]) => name);
  const columns = [...new Set(["seq", "created_at", "updated_at", ...asked])].map((name) =>
    sql.raw(`m.${name}`)
  );
  return sql`(select ${sql.join(columns, sql`, `)}
    from tickets m indexed by ${index} where m.workspace_id = ${at.workspaceId}${
    within(wanted, { sort, before })
  }
    order by m.${column} desc, m.seq desc limit ${most}) as w
    where ${filters(at, only(wanted, HELD), w) ?? sql`true`}`;
}

/** The same without a look at what the entries hold. */
export function entryAt(
  at: Ctx,
  { wanted, sort, before }: { wanted: Wanted; sort: Sort; before: Before },
  most: number,
): SQL {
  const { column, index } = TIMES[sort];
  return sql`select m.seq as hit, m.${column} as k from tickets m indexed by ${index}
    where m.workspace_id = ${at.workspaceId}${within(wanted, { sort, before })}
    order by m.${column} desc, m.seq desc limit ${most}`;
}

/** As a walk names the table beside its index. */
export const NAME = sql.raw("tickets");
