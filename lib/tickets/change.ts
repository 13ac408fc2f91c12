import type { Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { DAY } from "../kernel/clock.ts";
import { AppError, invalid } from "../kernel/errors.ts";
import { enqueue } from "../jobs/mod.ts";
import { dropLoad } from "../operators/mod.ts";
import { holdPlace, reassess } from "./assign.ts";
import { ticketsClose, ticketsWake } from "./jobs.ts";
import type { Deed } from "./deed.ts";
import { settingsOf } from "./settings.ts";
import { selectDesk } from "./store-desk.ts";
import { askLater } from "./survey.ts";
import { isDone, isWorking, requireTransition } from "./policy.ts";
import { ticketView } from "./present.ts";
import { movePromises } from "./promises.ts";
import { type TicketDiff, type TicketRow, updateTicketRow, writeLabels, writeLabelState } from "./store.ts";
import { writeFieldState, writeFieldValues } from "./store-fields.ts";
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
    | "teamId"
    | "assigneeId"
    | "assignment"
    | "clientId"
    | "contactId"
    | "conversationId"
    | "mergedInto"
    | "labels"
    | "fields"
    | "scheduledFor"
    | "firstResponseAt"
    | "missedCalls"
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
  teamId: "team_id",
  assigneeId: "assignee_id",
  assignment: "assignment",
  clientId: "client_id",
  contactId: "contact_id",
  conversationId: "conversation_id",
  mergedInto: "merged_into",
  labels: "labels",
  fields: "fields",
  scheduledFor: "scheduled_for",
  firstResponseAt: "first_response_at",
  missedCalls: "missed_calls",
  slaPolicyId: "sla_policy_id",
  dueAt: "due_at",
} as const satisfies Record<keyof Change, string>;

/** What follows from something else: the history says what it follows from. */
const SILENT: ReadonlySet<string> = new Set(["firstResponseAt", "assignment", "dueAt"]);
/** What the event of an assignment tells of. */
const ASSIGNMENT: ReadonlySet<string> = new Set(["assignee_id", "team_id"]);

export interface ChangeOptions {
  /** What the history calls it. */
  readonly action?: string;
  /** Why, where nobody asked for it by name. */
  readonly reason?: string | null;
  /** It goes into another ticket: then it may close from every state. */
  readonly merging?: boolean;
  /** The comment that it comes with: who is told of that needs not be told of the state besides. */
  readonly commentId?: string | null;
  /** What it is a part of: that tells of it at its end. */
  readonly deed?: Deed | null;
}

/**
 * The one place where a ticket becomes another: legal transitions, the times that follow from the state, history and
 * events. Resolves to the ticket as it is then; without a difference nothing is written. Throws 409 with the legal
 * states, 412 when somebody else changed it meanwhile.
 */
export async function changeTicket(
  tx: Tx,
  {
    row,
    change,
    action = "updated",
    reason = null,
    merging = false,
    deed = null,
    commentId = deed?.commentId ?? null,
  }: {
    readonly row: TicketRow;
    readonly change: Change;
  } & ChangeOptions,
): Promise<TicketRow> {
  const wanted = {
    ...change,
    ...timesOf(tx, { row, change, merging }),
    ...await reassessed(tx, { row, change }),
  };
  const differing = entriesOf(wanted).filter(([field, value]) => !same(row[field], value));
  if (differing.length === 0) return row;
  const asked: Partial<TicketRow> = Object.fromEntries(differing);
  const set = { ...asked, ...await movePromises(tx, { before: row, after: { ...row, ...asked } }) };
  if (!await updateTicketRow(tx, row, set)) {
    throw new AppError("precondition_failed", "The ticket was changed by somebody else: read it again");
  }
  const changed: TicketRow = { ...row, ...set, version: row.version + 1, updatedAt: tx.now() };
  if (set.labels !== undefined) await writeLabels(tx, { ...changed, fresh: false });
  else if (set.state !== undefined && row.labels.length > 0) await writeLabelState(tx, changed);
  if (set.fields !== undefined) await writeFieldValues(tx, { ...changed, fresh: false });
  else if (set.state !== undefined && Object.keys(row.fields).length > 0) await writeFieldState(tx, changed);
  await movePlace(tx, { before: row, after: changed });
  const changes = diffOf(row, changed);
  if (Object.keys(changes).length > 0) await insertHistory(tx, { ticketId: row.id, action, changes });
  await tell(tx, { before: row, after: changed, changes, reason, commentId, deed });
  return changed;
}

/** Whoever has to work on it again is looked for anew: what is opened again, and what nobody had while it waited. */
async function reassessed(tx: Tx, { row, change }: { row: TicketRow; change: Change }): Promise<Change> {
  const { state: to = row.state, assigneeId, teamId } = change;
  if (assigneeId !== undefined || teamId !== undefined) return {};
  const reopened = isDone(row.state) && !isDone(to);
  const taken = row.assigneeId === null && !isWorking(row.state) && isWorking(to);
  return reopened || taken ? await reassess(tx, { ...row, ...change }) : {};
}

/** Gives the place of the one who had it back and takes one of whoever has it now. */
async function movePlace(tx: Tx, { before, after }: { before: TicketRow; after: TicketRow }): Promise<void> {
  const holder = ({ assigneeId, state }: TicketRow) => isWorking(state) ? assigneeId : null;
  const [had, has] = [holder(before), holder(after)];
  if (had === has) return;
  if (had !== null) await dropLoad(tx, { operatorId: had });
  await holdPlace(tx, after);
}

type Times = Partial<Pick<TicketRow, "scheduledFor" | "resolvedAt" | "closedAt" | "reopens">>;

/** What a change of the state sets besides. */
function timesOf(
  tx: Tx,
  { row, change, merging }: { row: TicketRow; change: Change; merging: boolean },
): Times {
  const { state: to = row.state, scheduledFor } = change;
  if (to === row.state) {
    if (scheduledFor === undefined) return {};
    if (to !== "scheduled" && scheduledFor !== null) {
      throw invalid("scheduled_for", "only a scheduled ticket has one: give the state scheduled with it");
    }
  } else if (!merging) {
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
  readonly commentId: string | null;
  readonly deed: Deed | null;
}

/** The events and jobs that follow from a change. */
async function tell(tx: Tx, { before, after, changes, reason, commentId, deed }: Told): Promise<void> {
  const say = async (news: () => Promise<void>, among: "assigned" | "others" = "others") => {
    if (deed === null) await news();
    else deed[among].push(news);
  };
  const ticket = ticketView(after, tx.now());
  const subjectId = after.id;
  const by = tx.actor.id;
  const part = deed === null ? {} : { deed: deed.id };
  // Who gets it hears that first, and then not also that its state is another.
  if (before.assigneeId !== after.assigneeId || before.teamId !== after.teamId) {
    const { assigneeId: from, teamId: fromTeam } = before;
    const decision = after.assignment?.decision ?? null;
    const data = { ticket, from, from_team: fromTeam, decision, by, comment_id: commentId, ...part };
    await say(() => emit(tx, { type: "ticket.assigned", subjectId, data }), "assigned");
  }
  if (before.state !== after.state) {
    const data = { ticket, from: before.state, to: after.state, reason, by, comment_id: commentId, ...part };
    await say(() => emit(tx, { type: "ticket.state_changed", subjectId, data }));
  }
  const rest = Object.entries(changes).filter(([field]) => field !== "state" && !ASSIGNMENT.has(field));
  if (rest.length > 0) {
    const data = { ticket, changes: Object.fromEntries(rest) };
    await say(() => emit(tx, { type: "ticket.changed", subjectId, data }));
  }
  await whatFollows(tx, { before, after });
}

/** The jobs that a change leaves behind. */
async function whatFollows(tx: Tx, { before, after }: Pick<Told, "before" | "after">): Promise<void> {
  const { id: ticketId } = after;
  if (after.scheduledFor !== null && after.scheduledFor !== before.scheduledFor) {
    await enqueue(tx, ticketsWake, { ticketId }, { runAt: after.scheduledFor });
  }
  if (after.state === before.state || after.state !== "resolved") return;
  const desk = settingsOf(await selectDesk(tx));
  await askLater(tx, { row: after, desk });
  if (desk.close_after_days > 0) {
    await enqueue(tx, ticketsClose, { ticketId }, { delayMs: desk.close_after_days * DAY });
  }
}
