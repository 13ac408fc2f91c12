import { TICKET_PRIORITIES, TICKET_SOURCES, TICKET_STATES } from "../tickets/schemas.ts";
import { CLOCK_KINDS } from "../sla/schemas.ts";
import { VISIT_STATES } from "../visits/schemas.ts";
import { MOODS } from "../sentiment/mod.ts";
import { WEEKDAYS } from "../business-time/mod.ts";
import { CHOICES, type Choices } from "../words/mod.ts";

/** What is known of an occasion, by subject. */
export const GROUPS = [
  "ticket",
  "change",
  "comment",
  "sla",
  "message",
  "visit",
  "conversation",
  "rating",
  "call",
  "time",
] as const;
export type Group = typeof GROUPS[number];

/** The events that rules can wait for, and what is known with each. */
export const TRIGGERS = {
  "ticket.opened": ["ticket", "time"],
  "ticket.state_changed": ["ticket", "change", "time"],
  "ticket.changed": ["ticket", "change", "time"],
  "ticket.assigned": ["ticket", "time"],
  "ticket.commented": ["ticket", "comment", "time"],
  /** The customer said how it was dealt with. */
  "ticket.rated": ["ticket", "rating", "time"],
  "sla.warned": ["ticket", "sla", "time"],
  "sla.breached": ["ticket", "sla", "time"],
  "sla.met": ["ticket", "sla", "time"],
  "message.received": ["ticket", "message", "time"],
  "visit.scheduled": ["ticket", "visit", "time"],
  "visit.confirmed": ["ticket", "visit", "time"],
  "visit.completed": ["ticket", "visit", "time"],
  "visit.cancelled": ["ticket", "visit", "time"],
  "visit.no_show": ["ticket", "visit", "time"],
  "call.missed": ["ticket", "call", "time"],
} as const satisfies Record<string, readonly Group[]>;
export type Trigger = keyof typeof TRIGGERS;
export const TRIGGER_NAMES = Object.keys(TRIGGERS) as [Trigger, ...Trigger[]];

export function isTrigger(type: string): type is Trigger {
  return Object.hasOwn(TRIGGERS, type);
}

/** From when rules of time count, and the column of the watch that says since when. */
export const MARKS = {
  /** It was opened. */
  opened: "openedAt",
  /** It came into its state. */
  state: "stateSince",
  /** The customer's first word that nobody answered. */
  customer_waits: "customerWaitsSince",
  /** Our last word that the customer has not answered. */
  customer_silent: "customerSilentSince",
} as const;
export type Mark = keyof typeof MARKS;
export const MARK_NAMES = Object.keys(MARKS) as [Mark, ...Mark[]];
export const TIMED_GROUPS: readonly Group[] = ["ticket", "time"];

/** Times of other things than tickets, and what is known with each. */
export const OTHER_GROUPS = {
  /** A visit that stands begins: a rule comes so long before. */
  visit_starts: ["ticket", "visit", "time"],
  /** The customer's first word in a conversation that nobody answered. */
  conversation_waits: ["ticket", "conversation", "message", "time"],
} as const satisfies Record<string, readonly Group[]>;
export type OtherTime = keyof typeof OTHER_GROUPS;
export const OTHER_TIMES = Object.keys(OTHER_GROUPS) as OtherTime[];

export function triggerOfTime(time: OtherTime): string {
  return time === "visit_starts" ? `before:${time}` : `since:${time}`;
}

type FieldKind =
  | { readonly kind: "text" | "id" | "number" | "flag" | "list" | "custom" }
  /** One of a few words; `rank`: from least to most. */
  | { readonly kind: "choice" | "rank"; readonly of: readonly string[] };

/** What conditions can look at: the group before the dot says where it is known. */
export const FIELDS = {
  "ticket.state": { kind: "choice", of: TICKET_STATES },
  "ticket.priority": { kind: "rank", of: TICKET_PRIORITIES },
  "ticket.source": { kind: "choice", of: TICKET_SOURCES },
  "ticket.subject": { kind: "text" },
  "ticket.description": { kind: "text" },
  "ticket.labels": { kind: "list" },
  "ticket.category_id": { kind: "id" },
  "ticket.team_id": { kind: "id" },
  "ticket.assignee_id": { kind: "id" },
  "ticket.client_id": { kind: "id" },
  "ticket.contact_id": { kind: "id" },
  "ticket.sla_policy_id": { kind: "id" },
  "ticket.locale": { kind: "id" },
  "ticket.reopens": { kind: "number" },
  "ticket.missed_calls": { kind: "number" },
  "ticket.overdue": { kind: "flag" },
  "ticket.age_minutes": { kind: "number" },
  "ticket.sentiment": { kind: "number" },
  "ticket.mood": { kind: "rank", of: MOODS },
  "change.from": { kind: "id" },
  "change.to": { kind: "id" },
  "change.fields": { kind: "list" },
  "comment.author": { kind: "choice", of: ["customer", "operator", "system"] },
  "comment.visibility": { kind: "choice", of: ["public", "private"] },
  "comment.text": { kind: "text" },
  "comment.sentiment": { kind: "number" },
  "comment.mood": { kind: "rank", of: MOODS },
  "sla.clock": { kind: "choice", of: CLOCK_KINDS },
  "message.text": { kind: "text" },
  "message.kind": { kind: "id" },
  "message.sentiment": { kind: "number" },
  "message.mood": { kind: "rank", of: MOODS },
  "visit.state": { kind: "choice", of: VISIT_STATES },
  "visit.subject": { kind: "text" },
  "visit.operator_id": { kind: "id" },
  "visit.client_id": { kind: "id" },
  "visit.contact_id": { kind: "id" },
  "visit.site_id": { kind: "id" },
  "visit.minutes": { kind: "number" },
  "visit.starts_in_minutes": { kind: "number" },
  "conversation.state": { kind: "choice", of: ["bot", "waiting", "human", "closed"] },
  "conversation.channel": { kind: "id" },
  "conversation.assignee_id": { kind: "id" },
  "conversation.contact_id": { kind: "id" },
  "conversation.waits_minutes": { kind: "number" },
  "rating.score": { kind: "number" },
  "rating.comment": { kind: "text" },
  "call.phone": { kind: "text" },
  "call.line": { kind: "text" },
  "call.client_id": { kind: "id" },
  "call.contact_id": { kind: "id" },
  "call.operator_id": { kind: "id" },
  "time.open": { kind: "flag" },
  "time.weekday": { kind: "choice", of: WEEKDAYS },
  "time.hour": { kind: "number" },
} as const satisfies Record<`${Group}.${string}`, FieldKind>;
export type Field = keyof typeof FIELDS;

export function isField(name: string): name is Field {
  return Object.hasOwn(FIELDS, name);
}

/** A custom field of tickets, by the key that the desk gave it. */
const CUSTOM = /^ticket\.fields\.[a-z][a-z0-9_]{0,40}$/;
export const customField = (key: string) => `ticket.fields.${key}`;

export function fieldKind(field: string): FieldKind | null {
  if (CUSTOM.test(field)) return { kind: "custom" };
  return Object.hasOwn(FIELDS, field) ? Reflect.get(FIELDS, field) : null;
}

export function groupOf(field: string): string {
  return field.slice(0, field.indexOf("."));
}

/** How the values of choices are said in the texts of actions. */
export const SAID: Readonly<Partial<Record<Field, Choices>>> = {
  "ticket.state": CHOICES.ticket_state,
  "ticket.priority": CHOICES.ticket_priority,
  "ticket.source": CHOICES.ticket_source,
  "ticket.mood": CHOICES.mood,
  "comment.author": CHOICES.comment_author,
  "comment.visibility": CHOICES.comment_visibility,
  "comment.mood": CHOICES.mood,
  "message.mood": CHOICES.mood,
  "sla.clock": CHOICES.promise,
  "visit.state": CHOICES.visit_state,
  "conversation.state": CHOICES.conversation_state,
  "conversation.channel": CHOICES.channel,
  "time.weekday": CHOICES.weekday,
};

/** What texts of actions may ask for beside the fields. */
export const MORE_VARIABLES = [
  "rule.name",
  "ticket.id",
  "ticket.number",
  "ticket.reference",
  "ticket.due_at",
  "sla.due_at",
  "message.conversation_id",
  "visit.id",
  "visit.starts_at",
  "visit.address",
  "conversation.id",
  "call.id",
] as const;
