import { sql } from "drizzle-orm";
import { index, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { at, createdAt, flag, id, workspaceId } from "../columns.ts";

export const CALL_DIRECTIONS = ["in", "out"] as const;
export type CallDirection = typeof CALL_DIRECTIONS[number];

/** `missed`: nobody of ours answered; `unanswered`: the other side didn't. */
export const CALL_STATES = ["ringing", "in_progress", "completed", "missed", "unanswered"] as const;
export type CallState = typeof CALL_STATES[number];

export const CALL_SOURCES = ["api", "webhook", "import"] as const;
export type CallSource = typeof CALL_SOURCES[number];

/** The log of calls. */
export const calls = sqliteTable("calls", {
  id: id(),
  workspaceId: workspaceId(),
  /** The telephony system's own id: the same call again is the same row. */
  externalId: text("external_id"),
  direction: text("direction").$type<CallDirection>().notNull(),
  state: text("state").$type<CallState>().notNull(),
  source: text("source").$type<CallSource>().notNull(),
  /** The other side's number, E.164 where that can be told; null: withheld, or erased. */
  phone: text("phone"),
  /** Our own number or extension. */
  line: text("line"),
  operatorId: text("operator_id"),
  clientId: text("client_id"),
  contactId: text("contact_id"),
  ticketId: text("ticket_id"),
  startedAt: at("started_at").notNull(),
  answeredAt: at("answered_at"),
  endedAt: at("ended_at"),
  /** What came of it, in the words of whoever logs. */
  outcome: text("outcome"),
  notes: text("notes"),
  recordingUrl: text("recording_url"),
  /** When it was told that it was missed: once. */
  missedToldAt: at("missed_told_at"),
  /** The ticket that it opened or was added to because it was missed; of one of ours, where it is noted as a call back. */
  missedTicketId: text("missed_ticket_id"),
  createdAt: createdAt(),
  updatedAt: at("updated_at").notNull(),
}, (t) => [
  index("calls_started").on(t.workspaceId, t.startedAt, t.id),
  index("calls_state").on(t.workspaceId, t.state, t.startedAt, t.id),
  index("calls_operator").on(t.workspaceId, t.operatorId, t.startedAt, t.id),
  index("calls_client").on(t.workspaceId, t.clientId, t.startedAt, t.id),
  index("calls_contact").on(t.workspaceId, t.contactId, t.startedAt, t.id),
  index("calls_phone").on(t.workspaceId, t.phone, t.startedAt, t.id).where(sql`phone is not null`),
  index("calls_ticket").on(t.workspaceId, t.ticketId, t.startedAt, t.id).where(sql`ticket_id is not null`),
  index("calls_missed_phone").on(t.workspaceId, t.phone, t.missedTicketId, t.startedAt)
    .where(sql`missed_ticket_id is not null`),
  index("calls_missed_contact").on(t.workspaceId, t.contactId, t.missedTicketId, t.startedAt)
    .where(sql`missed_ticket_id is not null`),
  index("calls_missed_client").on(t.workspaceId, t.clientId, t.missedTicketId, t.startedAt)
    .where(sql`missed_ticket_id is not null`),
  uniqueIndex("calls_external").on(t.workspaceId, t.externalId).where(sql`external_id is not null`),
]);

/** How a workspace takes calls in. */
export const callSettings = sqliteTable("call_settings", {
  workspaceId: workspaceId().primaryKey(),
  /** Says in a webhook which workspace it is of; public. */
  hookKey: text("hook_key"),
  /** Sealed by the SecretBox with the key as context. */
  hookSecret: text("hook_secret"),
  /** Digits of the calling code that national numbers get. */
  country: text("country"),
  ticketOnMissed: flag("ticket_on_missed").notNull().default(false),
  updatedAt: at("updated_at").notNull(),
}, (t) => [uniqueIndex("call_settings_key").on(t.hookKey).where(sql`hook_key is not null`)]);
