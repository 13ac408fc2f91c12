import { type SQL, sql } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import { isDone } from "./policy.ts";
import { TICKET_PRIORITIES, TICKET_STATES, type TicketState } from "./store.ts";
import {
  type Before,
  HELD,
  others,
  pairs,
  rangeOf,
  type Sort,
  timesOf,
  type Wanted,
  within,
} from "./store-walks.ts";

/** The condition of a partial index, word for word: without it SQLite won't walk that index. */
const LIVE = sql`m.state not in ('resolved', 'closed')`;

/** An index that leads to all tickets of a kind. */
export interface Way {
  /** The filters that its entries don't answer: they are asked of the rows. */
  readonly left: Wanted;
  /** In which order each of its walks is, if it is in one. */
  readonly sort: Sort | null;
  /** It leads to something that `HELD` does not say. */
  readonly beside: boolean;
  /** Each walk is one state, in the order of `TICKET_STATES` or of those that are wanted. */
  readonly byState: boolean;
  /** What each walk reads, from `from` on: `m` is a row or an entry of a ticket. */
  readonly walks: readonly SQL[];
}

/** Columns that have an index of their own, which ends in the time of creation. */
const COLUMNS = [
  { key: "conversationId", index: "tickets_conversation", column: "conversation_id", byState: false },
  { key: "contactId", index: "tickets_contact", column: "contact_id", byState: false },
  { key: "clientId", index: "tickets_client", column: "client_id", byState: false },
  { key: "assigneeId", index: "tickets_assignee", column: "assignee_id", byState: true },
  { key: "teamId", index: "tickets_team", column: "team_id", byState: true },
  { key: "categoryId", index: "tickets_category", column: "category_id", byState: true },
  { key: "mood", index: "tickets_mood", column: "mood", byState: true },
] as const satisfies { key: keyof Wanted; index: string; column: string; byState: boolean }[];

/**
 * Every way through the indexes to what is wanted. Where an index has the state (and the priority) before the time,
 * each of their values is a walk of its own: merged they are in order.
 */
export function waysTo(at: Ctx, wanted: Wanted, before: Before = null): Way[] {
  const { states, priorities, assigneeId, overdue } = wanted;
  const inTime = within(wanted, { sort: "created", before });
  const from = (index: string, led: SQL) =>
    sql`from tickets m indexed by ${sql.raw(index)} where m.workspace_id = ${at.workspaceId} and ${led}`;
  const byState = (walk: SQL) =>
    (states ?? TICKET_STATES).map((state) => sql`${walk} and m.state = ${state}${inTime}`);
  const byPriority = (index: string, given: readonly TicketState[], led: SQL) =>
    pairs(given, priorities ?? TICKET_PRIORITIES).map(([state, priority]) =>
      from(index, sql`${led} m.state = ${state} and m.priority = ${priority}${inTime}`)
    );
  const ways: Way[] = [];
  const add = (found: readonly (keyof Wanted)[], way: Pick<Way, "walks"> & Partial<Way>) =>
    void ways.push({
      left: others(wanted, [...found, ...rangeOf("created")]),
      sort: "created",
      beside: found.some((key) => !HELD.some((held) => held === key)),
      byState: false,
      ...way,
    });
  for (const [place, { key, value }] of (wanted.custom ?? []).entries()) {
    const walk = sql`from ticket_field_values m indexed by ticket_field_values_pair
      where m.workspace_id = ${at.workspaceId} and m.key = ${key} and m.value = ${value}`;
    const custom = wanted.custom?.toSpliced(place, 1) ?? [];
    const left = {
      ...others(wanted, ["custom", "states", ...rangeOf("created")]),
      ...(custom.length > 0 && { custom }),
    };
    add(["custom"], { left, walks: byState(walk), byState: true });
  }
  if (wanted.label !== undefined) {
    const walk = sql`from ticket_labels m indexed by ticket_labels_pair
      where m.workspace_id = ${at.workspaceId} and m.label = ${wanted.label}`;
    add(["label", "states"], { walks: byState(walk), byState: true });
  }
  for (const { key, index, column, byState: stated } of COLUMNS) {
    const value = wanted[key];
    if (typeof value !== "string") continue;
    const walk = from(index, sql`m.${sql.raw(column)} = ${value}`);
    if (stated) add([key, "states"], { walks: byState(walk), byState: true });
    else add([key], { walks: [sql`${walk}${inTime}`] });
  }
  if (overdue === true) {
    const walks = [from("tickets_owed", sql`m.due_at is not null and m.due_at < ${at.now()}`)];
    ways.push({ left: others(wanted, ["overdue"]), sort: null, beside: true, byState: false, walks });
  }
  if (assigneeId === null && states !== undefined && !states.some(isDone)) {
    const walks = byPriority("tickets_unassigned", states, sql`m.assignee_id is null and ${LIVE} and`);
    add(["assigneeId", "states", "priorities"], { walks });
  } else if (states !== undefined || priorities !== undefined) {
    add(["states", "priorities"], { walks: byPriority("tickets_state", states ?? TICKET_STATES, sql``) });
  }
  return ways;
}

/** What somebody has to do, or nobody has yet, in the order of its last change; null: that is not what is wanted. */
export function onHand(at: Ctx, wanted: Wanted, before: Before): Way | null {
  const { assigneeId, states } = wanted;
  if (assigneeId === undefined || states === undefined || states.some(isDone)) return null;
  const whose = assigneeId === null ? sql`m.assignee_id is null` : sql`m.assignee_id = ${assigneeId}`;
  const all = TICKET_STATES.every((state) => isDone(state) || states.includes(state));
  return {
    left: others(wanted, [...(all ? ["states"] as const : []), "assigneeId", ...rangeOf("updated")]),
    sort: "updated",
    beside: false,
    byState: false,
    walks: [sql`from tickets m indexed by tickets_on_hand where m.workspace_id = ${at.workspaceId}
      and ${whose} and ${LIVE}${within(wanted, { sort: "updated", before })}`],
  };
}

/** The walks of a way in one order: `hit` is a ticket's `seq`, `k` its time. */
export function merged({ walks }: Way, { sort, most }: { sort: Sort; most: number }): SQL {
  const { column } = timesOf(sort);
  const each = walks.map((walk) => sql`select m.seq as hit, m.${column} as k ${walk}`);
  return sql`${sql.join(each, sql` union all `)} order by k desc, hit desc limit ${most}`;
}

/**
 * The tickets that two ways lead to, in no order, and what neither says of them. Where both have the state before the
 * time they are merged as they lie; else those of one are put into an index of their own.
 */
export function commonOf(one: Way, other: Way): { seqs: SQL; left: Wanted } {
  const left: Wanted = {
    ...Object.fromEntries(Object.entries(one.left).filter(([key]) => Object.hasOwn(other.left, key))),
    ...(one.left.custom && { custom: one.left.custom.filter((asked) => other.left.custom?.includes(asked)) }),
  };
  if (!one.byState || !other.byState) {
    return { left, seqs: sql`select seq from (${seqsOf(other)}) where seq in (${seqsOf(one)})` };
  }
  const merges = one.walks.map((walk, at) =>
    sql`select seq from (select m.created_at, m.seq ${walk}
      intersect select m.created_at, m.seq ${other.walks[at]} order by 1, 2)`
  );
  return { left, seqs: sql.join(merges, sql` union all `) };
}

/** The tickets of a way, in no order. */
export function seqsOf({ walks }: Way): SQL {
  return sql.join(walks.map((walk) => sql`select m.seq ${walk}`), sql` union all `);
}
