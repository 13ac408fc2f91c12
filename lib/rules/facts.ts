import { type Calendar, isOpen, localTime, WEEKDAYS } from "../business-time/mod.ts";
import { iso, MINUTE } from "../kernel/clock.ts";
import type { LiveEvent } from "../ports/live.ts";
import { moodOf, sentimentOf } from "../sentiment/mod.ts";
import { customField, fieldKind, FIELDS } from "./catalogue.ts";
import type { Facts } from "./conditions.ts";

export type Json = Readonly<Record<string, unknown>>;

/** A record under a key of event data. */
export function recordIn(data: Json, key: string): Json | null {
  const value = data[key];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
}

export interface Occasion {
  readonly event: Pick<LiveEvent, "type" | "data" | "at">;
  /** The ticket that it is about, as it was then. */
  readonly ticket: Json | null;
  readonly calendar: Calendar;
}

/** All that is known of an occasion, as texts of actions see it: by group, then by name. */
export type Known = Readonly<Record<string, Json>>;

export function knownOf({ event, ticket, calendar }: Occasion): Known {
  const { data, at } = event;
  return {
    ...(ticket === null ? {} : { ticket: ticketIn(ticket, at) }),
    change: changeIn(data),
    comment: spoken(recordIn(data, "comment")),
    message: spoken(recordIn(data, "message")),
    ...subjectsIn(data, at),
    sla: event.type.startsWith("sla.") ? data : {},
    rating: event.type === "ticket.rated" ? data : {},
    call: recordIn(data, "call") ?? {},
    time: timeAt(calendar, at),
  };
}

/** The same by field, which is how conditions name it. */
export function factsOf(known: Known): Facts {
  const custom = recordIn(known["ticket"] ?? {}, "fields") ?? {};
  return Object.fromEntries([
    ...Object.entries(custom).map(([key, value]) => [customField(key), value]),
    ...Object.keys(FIELDS).map((field) => {
      const [group = "", name = ""] = field.split(".");
      const value = known[group]?.[name] ?? null;
      return [field, fieldKind(field)?.kind === "flag" ? value === true : value];
    }),
  ]);
}

/** A ticket as texts and conditions see it at a time. */
export function ticketIn(ticket: Json, at: number): Json {
  const due = ticket["due_at"];
  // How the customer's latest words sound.
  const felt = recordIn(ticket, "sentiment");
  return {
    ...ticket,
    sentiment: felt?.["score"] ?? null,
    mood: felt?.["mood"] ?? null,
    age_minutes: Math.floor((at - Date.parse(String(ticket["created_at"]))) / MINUTE),
    overdue: typeof due === "string" && Date.parse(due) <= at,
  };
}

/** A visit or a conversation that it is about, with how long from or to then. */
function subjectsIn(data: Json, at: number): Known {
  const [visit, talk] = [recordIn(data, "visit"), recordIn(data, "conversation")];
  const minutesTo = (time: unknown) => Math.round((Date.parse(String(time)) - at) / MINUTE);
  return {
    ...(visit === null ? {} : { visit: { ...visit, starts_in_minutes: minutesTo(visit["starts_at"]) } }),
    ...(talk === null ? {} : {
      conversation: {
        ...talk,
        contact_id: recordIn(talk, "contact")?.["id"],
        waits_minutes: -minutesTo(recordIn(data, "message")?.["created_at"]),
      },
    }),
  };
}

function changeIn(data: Json): Json {
  const changes = recordIn(data, "changes");
  return { from: data["from"], to: data["to"], fields: changes === null ? [] : Object.keys(changes) };
}

/** Something that was said, and how it sounds when a customer said it. */
function spoken(said: Json | null): Json {
  if (said === null) return {};
  const { text, author, direction } = said;
  if (typeof text !== "string" || !(author === "customer" || direction === "in")) return said;
  const { score } = sentimentOf(text);
  return { ...said, sentiment: score, mood: moodOf(score) };
}

function timeAt(calendar: Calendar, at: number): Json {
  const { weekday, minutes } = localTime(calendar.timezone, at);
  return { open: isOpen(calendar, at), weekday: WEEKDAYS[weekday], hour: Math.floor(minutes / 60) };
}

/** The word that a conversation waits with, as rules see it. */
export function waitingMessage(
  { id, conversationId, kind, text, createdAt }: {
    readonly id: string;
    readonly conversationId: string;
    readonly kind: string;
    readonly text: string;
    readonly createdAt: number;
  },
): Json {
  return {
    id,
    conversation_id: conversationId,
    direction: "in",
    kind,
    text,
    created_at: iso(createdAt),
  };
}
