import type { Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { AppError, invalid } from "../kernel/errors.ts";
import { enqueue } from "../jobs/mod.ts";
import { ticketsWake } from "./jobs.ts";
import { isDone, requireTransition } from "./policy.ts";
import { ticketView } from "./present.ts";
import { movePromises } from "./promises.ts";
import { type TicketDiff, type TicketRow, updateTicketRow, writeLabels } from "./store.ts";
import { insertHistory } from "./store-history.ts";

/** The fields of a ticket that a change may set. */
export type Change = Partial<
  Pick<
    TicketRow,
    | "subject"
    | "description"
    | "state"
    | "priority"
    | "categoryId"
    | "contactId"
    | "labels"
    | "fields"
    | "scheduledFor"
    | "firstResponseAt"
    | "slaPolicyId"
    | "dueAt"
  >
>;

/** Fields by the name that the wire and the history give them. */
const NAMES = {
  subject: "subject",
  description: "description",
  state: "state",
  priority: "priority",
  categoryId: "category_id",
  contactId: "contact_id",
  labels: "labels",
  fields: "fields",
  scheduledFor: "scheduled_for",
  firstResponseAt: "first_response_at",
  slaPolicyId: "sla_policy_id",
  dueAt: "due_at",
} as const satisfies Record<keyof Change, string>;

/** Times that follow from something else; the history says what they follow from. */
const SILENT: ReadonlySet<string> = new Set(["firstResponseAt", "dueAt"]);

export interface ChangeOptions {
  /** What the history calls it. */
  readonly action?: string;
  /** Why, where nobody asked for it by name. */
  readonly reason?: string | null;
}

/**
 * The one place where a ticket becomes another: legal transitions, the times that follow from the state, history and
 * events. Resolves to the ticket as it is then; without a difference nothing is written. Throws 409 with the legal
 * states, 412 when somebody else changed it meanwhile.
 */
export async function changeTicket(
  tx: Tx,
  { row, change, action = "updated", reason = null }: { row: TicketRow; change: Change } & ChangeOptions,
): Promise<TicketRow> {
  const wanted = { ...change, ...timesOf(tx, { row, change }) };
  const differing = entriesOf(wanted).filter(([field, value]) => !same(row[field], value));
  if (differing.length === 0) return row;
  const asked: Partial<TicketRow> = Object.fromEntries(differing);
  const set = { ...asked, ...await movePromises(tx, { before: row, after: { ...row, ...asked } }) };
  if (!await updateTicketRow(tx, row, set)) {
    throw new AppError("precondition_failed", "The ticket was changed by somebody else: read it again");
  }
  const changed: TicketRow = { ...row, ...set, version: row.version + 1, updatedAt: tx.now() };
  if (set.labels !== undefined) await writeLabels(tx, { ...changed, fresh: false });
  const changes = diffOf(row, changed);
  if (Object.keys(changes).length > 0) await insertHistory(tx, { ticketId: row.id, action, changes });
  await tell(tx, { before: row, after: changed, changes, reason });
  return changed;
}

type Times = Partial<Pick<TicketRow, "scheduledFor" | "resolvedAt" | "closedAt" | "reopens">>;

/** What a change of the state sets besides. */
function timesOf(tx: Tx, { row, change }: { row: TicketRow; change: Change }): Times {
  const { state: to = row.state, scheduledFor } = change;
  if (to === row.state) {
    if (scheduledFor === undefined) return {};
    if (to !== "scheduled" && scheduledFor !== null) {
      throw invalid("scheduled_for", "only a scheduled ticket has one: give the state scheduled with it");
    }
  } else {
    requireTransition(row.state, to);
  }
  if (to === "scheduled") requireFuture(tx, scheduledFor === undefined ? row.scheduledFor : scheduledFor);
  if (to === row.state) return {};
  const reopened = isDone(row.state) && !isDone(to);
  return {
    ...(to === "scheduled" ? {} : { scheduledFor: null }),
    ...(to === "resolved" ? { resolvedAt: tx.now() } : {}),
    ...(to === "closed" ? { closedAt: tx.now() } : {}),
    ...(reopened ? { resolvedAt: null, reopens: row.reopens + 1 } : {}),
  };
}

function requireFuture(tx: Tx, at: number | null): void {
  if (at === null) throw invalid("scheduled_for", "say when it opens again");
  if (at <= tx.now()) throw invalid("scheduled_for", "must be in the future");
}

type Field = keyof Change | keyof Times;

/** Safe because a change is a plain object of these fields. */
function entriesOf(change: Change & Times): [Field, unknown][] {
  return Object.entries(change).filter(([, value]) => value !== undefined) as [Field, unknown][];
}

function same(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === "object" && JSON.stringify(a) === JSON.stringify(b));
}

function diffOf(before: TicketRow, after: TicketRow): TicketDiff {
  const fields = Object.entries(NAMES).filter(([field]) => !SILENT.has(field));
  return Object.fromEntries(fields.flatMap(([field, name]) => {
    const [from, to]: unknown[] = [Reflect.get(before, field), Reflect.get(after, field)];
    return same(from, to) ? [] : [[name, { from: shown(field, from), to: shown(field, to) }]];
  }));
}

function shown(field: string, value: unknown): unknown {
  return field === "scheduledFor" && typeof value === "number" ? new Date(value).toISOString() : value;
}

interface Told {
  readonly before: TicketRow;
  readonly after: TicketRow;
  readonly changes: TicketDiff;
  readonly reason: string | null;
}

/** The events and jobs that follow from a change. */
async function tell(tx: Tx, { before, after, changes, reason }: Told): Promise<void> {
  const ticket = ticketView(after, tx.now());
  const subjectId = after.id;
  if (before.state !== after.state) {
    const data = { ticket, from: before.state, to: after.state, reason };
    await emit(tx, { type: "ticket.state_changed", subjectId, data });
  }
  const { state: _state, ...rest } = changes;
  if (Object.keys(rest).length > 0) {
    await emit(tx, { type: "ticket.changed", subjectId, data: { ticket, changes: rest } });
  }
  if (after.state === "scheduled" && after.scheduledFor !== null) {
    await enqueue(tx, ticketsWake, { ticketId: after.id }, { runAt: after.scheduledFor });
  }
}
