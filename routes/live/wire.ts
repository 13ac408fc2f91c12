import type { Actor } from "../../lib/kernel/actors.ts";
import type { Scope } from "../../lib/kernel/scopes.ts";
import { iso } from "../../lib/kernel/clock.ts";
import type { LiveEvent } from "../../lib/ports/live.ts";
import { CHAT_MESSAGE_FIELDS } from "../chat/present.ts";

/** An event as streams carry it. */
export interface WireEvent {
  readonly seq: number;
  readonly type: string;
  readonly subject_id: string;
  readonly conversation_id: string | null;
  readonly data: Record<string, unknown>;
  readonly at: string;
}

const CONVERSATION_FIELDS = ["id", "state", "last_message_at", "created_at"] as const;

/** What a visitor is told of, and the fields of it; everything else stays inside. */
const FOR_VISITORS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "message.received": { message: CHAT_MESSAGE_FIELDS },
  "message.sent": { message: CHAT_MESSAGE_FIELDS },
  "conversation.opened": { conversation: CONVERSATION_FIELDS },
  "conversation.changed": { conversation: CONVERSATION_FIELDS },
};

/** What an event outside of any conversation asks for, by its noun; any other noun asks for `events:read` alone. */
const SCOPE_OF_NOUN: Readonly<Record<string, Scope>> = {
  contact: "contacts:read",
  member: "members:read",
  invitation: "members:read",
  user: "members:read",
  api_key: "api_keys:read",
  channel: "channels:read",
  whatsapp: "channels:read",
  knowledge: "knowledge:read",
  business: "business:read",
  job: "jobs:read",
  task: "tasks:read",
  tasks: "tasks:read",
  schedule: "schedules:read",
  ticket: "tickets:read",
  ticket_preset: "tickets:read",
  ticket_settings: "tickets:read",
  calendar: "sla:read",
  sla: "sla:read",
  sla_policy: "sla:read",
  rule: "sla:read",
};

function scopeOf({ type, conversationId }: LiveEvent): Scope | undefined {
  return conversationId === null ? SCOPE_OF_NOUN[type.split(".")[0] ?? ""] : "conversations:read";
}

/** The event as `actor` may see it; null when it may not. */
export function toWireEvent(event: LiveEvent, actor: Actor): WireEvent | null {
  const { seq, type, subjectId, conversationId, at } = event;
  const scope = scopeOf(event);
  const wire = { seq, type, subject_id: subjectId, conversation_id: conversationId, at: iso(at) };
  if (actor.kind !== "visitor") {
    return scope !== undefined && !actor.scopes.has(scope) ? null : { ...wire, data: event.data };
  }
  const parts = FOR_VISITORS[type];
  if (parts === undefined) return null;
  const data = Object.entries(parts).map(([part, fields]) => [part, pick(event.data[part], fields)]);
  return { ...wire, data: Object.fromEntries(data) };
}

function pick(value: unknown, fields: readonly string[]): Record<string, unknown> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(fields.filter((field) => field in value).map((field) => [field, value[field]]));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
