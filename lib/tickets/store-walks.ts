import { and, eq, gte, inArray, isNotNull, lt, type SQL, sql } from "drizzle-orm";
import { ticketFieldValues, ticketLabels, tickets } from "../../db/schema/tickets.ts";
import type { Ctx } from "../context.ts";
import type { Mood } from "../sentiment/mod.ts";
import { isDone, LIVE_STATES } from "./policy.ts";
import { TICKET_PRIORITIES, TICKET_STATES, type TicketPriority, type TicketState } from "./store.ts";

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

/** One walk through one index. */
export interface Arm {
  readonly index: string;
  /** The columns before the time that are given one value a walk. */
  readonly led: SQL | undefined;
  /** What of all that is wanted the walks of this index find together without a look at a row; absent: only a state. */
  readonly found?: Wanted;
}

const t = tickets;

/** The condition of a partial index, word for word: without it SQLite won't walk that index. */
const LIVE = sql`state not in ('resolved', 'closed')`;

/** Every filter as a condition on the row. */
export function conditions(at: Ctx, wanted: Wanted): SQL | undefined {
  const { states, priorities, assigneeId, overdue } = wanted;
  const same = <T extends string>(column: Parameters<typeof eq>[0], value: T | undefined) =>
    value === undefined ? undefined : eq(column, value);
  return and(
    eq(t.workspaceId, at.workspaceId),
    states === undefined ? undefined : inArray(t.state, [...states]),
    priorities === undefined ? undefined : inArray(t.priority, [...priorities]),
    same(t.contactId, wanted.contactId),
    same(t.conversationId, wanted.conversationId),
    assigneeId === undefined
      ? undefined
      : assigneeId === null
      ? sql`assignee_id is null`
      : eq(t.assigneeId, assigneeId),
    same(t.teamId, wanted.teamId),
    same(t.clientId, wanted.clientId),
    same(t.categoryId, wanted.categoryId),
    same(t.mood, wanted.mood),
    wanted.label === undefined ? undefined : sql`exists (select 1 from ${ticketLabels}
      where ${ticketLabels.seq} = ${t.seq} and ${ticketLabels.label} = ${wanted.label})`,
    ...(wanted.custom ?? []).map(({ key, value }) =>
      sql`exists (select 1 from ${ticketFieldValues}
      where ${ticketFieldValues.seq} = ${t.seq} and ${ticketFieldValues.key} = ${key}
        and ${ticketFieldValues.value} = ${value})`
    ),
    wanted.createdFrom === undefined ? undefined : gte(t.createdAt, wanted.createdFrom),
    wanted.createdTo === undefined ? undefined : lt(t.createdAt, wanted.createdTo),
    wanted.updatedFrom === undefined ? undefined : gte(t.updatedAt, wanted.updatedFrom),
    wanted.updatedTo === undefined ? undefined : lt(t.updatedAt, wanted.updatedTo),
    overdue === undefined
      ? undefined
      : overdue
      ? and(isNotNull(t.dueAt), lt(t.dueAt, at.now()))
      : sql`(due_at is null or due_at >= ${at.now()})`,
  );
}

/** Each of the ones with each of the others. */
export const pairs = <A, B>(as: readonly A[], bs: readonly B[]) =>
  as.flatMap((a) => bs.map((b) => [a, b] as const));

/**
 * The narrowest way through the indexes. Where an index has the state (and the priority) before the time, each of
 * their values is a walk of its own, and the walks are merged: none reads more than a page of what it matches.
 */
export function armsOf(wanted: Wanted): Arm[] {
  const { contactId, conversationId, clientId, assigneeId, teamId, categoryId, states, priorities } = wanted;
  const { overdue, mood } = wanted;
  const whole = (
    index: string,
    found?: Wanted,
  ): Arm[] => [{ index, led: undefined, ...(found && { found }) }];
  const byState = (index: string, found: Wanted): Arm[] =>
    (states ?? TICKET_STATES).map((state) => ({
      index,
      led: eq(t.state, state),
      found: { ...found, states },
    }));
  if (conversationId !== undefined) return whole("tickets_conversation", { conversationId });
  if (contactId !== undefined) return whole("tickets_contact", { contactId });
  if (clientId !== undefined) return whole("tickets_client", { clientId });
  if (typeof assigneeId === "string") return byState("tickets_assignee", { assigneeId });
  if (teamId !== undefined) return byState("tickets_team", { teamId });
  if (categoryId !== undefined) return byState("tickets_category", { categoryId });
  if (overdue === true) return whole("tickets_owed", { overdue });
  if (mood !== undefined) return byState("tickets_mood", { mood });
  if (assigneeId === null && states !== undefined && !states.some(isDone)) {
    return pairs(states, priorities ?? TICKET_PRIORITIES).map(([state, priority]) => ({
      index: "tickets_unassigned",
      led: and(LIVE, eq(t.state, state), eq(t.priority, priority)),
    }));
  }
  if (states === undefined && priorities === undefined) return whole("tickets_created");
  return pairs(states ?? TICKET_STATES, priorities ?? TICKET_PRIORITIES).map(([state, priority]) => ({
    index: "tickets_state",
    led: and(eq(t.state, state), eq(t.priority, priority)),
  }));
}

/** Few tickets have one of these, so a page in another order than the index's is sorted from all of them. */
export const isFew = ({ contactId, conversationId, clientId }: Wanted) =>
  contactId !== undefined || conversationId !== undefined || clientId !== undefined;

/**
 * What somebody has to do, or what nobody has yet: its index has the order of changes. Of one operator's what else is
 * wanted is looked for in there; of what nobody has there may be too much for that.
 */
export function isOnHand(wanted: Wanted): boolean {
  const { assigneeId, states, custom, label, ...rest } = wanted;
  if (assigneeId === undefined || isFew(wanted) || custom !== undefined || label !== undefined) return false;
  if (states === undefined || states.some(isDone)) return false;
  return assigneeId !== null ||
    states.length === LIVE_STATES.length && Object.values(rest).every((value) => value === undefined);
}

/** The walks in the order of changes; of few tickets those that find them all. */
export function armsByUpdate(wanted: Wanted): Arm[] {
  if (isFew(wanted)) return armsOf(wanted);
  return [
    isOnHand(wanted) ? { index: "tickets_on_hand", led: LIVE } : { index: "tickets_updated", led: undefined },
  ];
}

/** As a walk names the table beside its index. */
export const NAME = sql.raw("tickets");

/** What tickets are found by in a table beside them, and the filters that are left. */
interface Mark {
  /** The rows of that table, each a ticket's, from `from` on. */
  readonly from: SQL;
  readonly where: SQL;
  readonly rest: Wanted;
}

/** A value of a custom field before a label: it is mostly rarer. */
function markOf(at: Ctx, wanted: Wanted): Mark | null {
  const [first, ...others] = wanted.custom ?? [];
  if (first !== undefined) {
    return {
      from: sql`ticket_field_values m indexed by ticket_field_values_pair`,
      where: sql`m.workspace_id = ${at.workspaceId} and m.key = ${first.key} and m.value = ${first.value}`,
      rest: { ...wanted, custom: others },
    };
  }
  const { label, ...rest } = wanted;
  return label === undefined ? null : {
    from: sql`ticket_labels m indexed by ticket_labels_pair`,
    where: sql`m.workspace_id = ${at.workspaceId} and m.label = ${label}`,
    rest,
  };
}

/** Of a mark the walks are through its table's own index, one for each state: what each reads, from `from` on. */
export function markedArms(at: Ctx, wanted: Wanted): SQL[] | null {
  const mark = markOf(at, wanted);
  if (mark === null) return null;
  const { states = TICKET_STATES, ...rest } = mark.rest;
  return states.map((state) =>
    sql`from ${mark.from} cross join ${NAME} on tickets.seq = m.seq
      where ${mark.where} and m.state = ${state} and ${conditions(at, rest)}`
  );
}

/** The `seq` of all tickets with a mark, read of its index alone; null: no mark is wanted. */
export function markedSeqs(at: Ctx, wanted: Wanted): SQL | null {
  const mark = markOf(at, wanted);
  return mark === null ? null : sql`select m.seq from ${mark.from} where ${mark.where}
    and m.state in (${sql.join((mark.rest.states ?? TICKET_STATES).map((state) => sql`${state}`), sql`, `)})`;
}

/** The narrowest walks over all that is wanted, in no order: what each reads, from `from` on. */
export function walksOver(at: Ctx, wanted: Wanted): SQL[] {
  const filter = conditions(at, wanted);
  return markedArms(at, wanted) ??
    armsOf(wanted).map(({ index, led }) =>
      sql`from ${NAME} indexed by ${sql.raw(index)} where ${and(led, filter)}`
    );
}

/** An entry for each row that those walks look at, read of an index alone; null: they are led by nothing but a state. */
export function entriesOver(at: Ctx, wanted: Wanted): SQL | null {
  const [arm] = armsOf(wanted);
  return markedSeqs(at, wanted) ?? (arm?.found === undefined ? null : sql`select 1 from ${NAME}
    indexed by ${sql.raw(arm.index)} where ${conditions(at, arm.found)}`);
}
