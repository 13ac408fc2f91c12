import { iso, isoOrNull } from "../kernel/clock.ts";
import { feltView } from "../sentiment/mod.ts";
import type { CommentRow } from "./store-comments.ts";
import type { HistoryRow } from "./store-history.ts";
import type { TicketRow } from "./store.ts";

/** The wire shapes, made in one place: HTTP, events, tools and webhooks show the same. */
export interface TicketView {
  readonly id: string;
  readonly number: number;
  readonly reference: string;
  readonly subject: string;
  readonly description: string;
  readonly state: TicketRow["state"];
  readonly priority: TicketRow["priority"];
  readonly source: TicketRow["source"];
  readonly category_id: string | null;
  readonly team_id: string | null;
  readonly assignee_id: string | null;
  readonly client_id: string | null;
  readonly contact_id: string | null;
  readonly conversation_id: string | null;
  readonly labels: string[];
  readonly fields: Record<string, unknown>;
  readonly locale: string | null;
  readonly sla_policy_id: string | null;
  /** The next promise that runs. */
  readonly due_at: string | null;
  readonly overdue: boolean;
  readonly scheduled_for: string | null;
  readonly first_response_at: string | null;
  readonly resolved_at: string | null;
  readonly closed_at: string | null;
  readonly reopens: number;
  /** Calls that nobody answered and that this ticket is about. */
  readonly missed_calls: number;
  /** How the customer's latest words sound; null: none were said. */
  readonly sentiment: ReturnType<typeof feltView>;
  readonly merged_into: string | null;
  readonly follows_id: string | null;
  readonly version: number;
  readonly created_by: string;
  readonly created_at: string;
  readonly updated_at: string;
}

/** What people call a ticket by. */
export function referenceOf(number: number): string {
  return `T-${number}`;
}

export function ticketView(row: TicketRow, now: number): TicketView {
  return {
    id: row.id,
    number: row.number,
    reference: referenceOf(row.number),
    subject: row.subject,
    description: row.description,
    state: row.state,
    priority: row.priority,
    source: row.source,
    category_id: row.categoryId,
    team_id: row.teamId,
    assignee_id: row.assigneeId,
    client_id: row.clientId,
    contact_id: row.contactId,
    conversation_id: row.conversationId,
    labels: row.labels,
    fields: row.fields,
    locale: row.locale,
    sla_policy_id: row.slaPolicyId,
    due_at: isoOrNull(row.dueAt),
    overdue: row.dueAt !== null && row.dueAt < now,
    scheduled_for: isoOrNull(row.scheduledFor),
    first_response_at: isoOrNull(row.firstResponseAt),
    resolved_at: isoOrNull(row.resolvedAt),
    closed_at: isoOrNull(row.closedAt),
    reopens: row.reopens,
    missed_calls: row.missedCalls,
    sentiment: feltView(row),
    merged_into: row.mergedInto,
    follows_id: row.followsId,
    version: row.version,
    created_by: row.createdBy,
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
  };
}

export interface CommentView {
  readonly id: string;
  readonly ticket_id: string;
  readonly visibility: CommentRow["visibility"];
  readonly author: CommentRow["author"];
  readonly author_id: string;
  readonly text: string;
  readonly mentions: string[];
  readonly message_id: string | null;
  readonly attachments: FileView[];
  readonly created_at: string;
}

/** A file of a comment, and where its bytes are. */
export interface FileView {
  readonly id: string;
  readonly name: string;
  readonly content_type: string;
  readonly size: number;
  readonly href: string;
}

export function commentView(row: CommentRow, attachments: FileView[] = []): CommentView {
  return {
    id: row.id,
    ticket_id: row.ticketId,
    visibility: row.visibility,
    author: row.author,
    author_id: row.authorId,
    text: row.text,
    mentions: row.mentions,
    message_id: row.messageId,
    attachments,
    created_at: iso(row.createdAt),
  };
}

/** One change: who, when, and each field's value before and after. */
export interface HistoryView {
  readonly action: string;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly changes: HistoryRow["changes"];
  readonly at: string;
}

export function historyView(row: HistoryRow): HistoryView {
  const { action, actorKind, actorId, changes, at } = row;
  return { action, actor_kind: actorKind, actor_id: actorId, changes, at: iso(at) };
}

/** Whose ids begin so; a system's name is no id of ours. */
const ACTORS = { usr_: "user", key_: "api_key", con_: "visitor" } as const;

/** The first entry of a history. */
export function openingView({ createdBy, createdAt }: TicketRow): HistoryView {
  const [, kind = "system"] = Object.entries(ACTORS).find(([prefix]) => createdBy.startsWith(prefix)) ?? [];
  return { action: "opened", actor_kind: kind, actor_id: createdBy, changes: {}, at: iso(createdAt) };
}
