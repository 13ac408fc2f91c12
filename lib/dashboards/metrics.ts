import { MINUTE } from "../kernel/clock.ts";
import type { LiveEvent } from "../ports/live.ts";

export const QUARTER_MS = 15 * MINUTE;

/** What is counted, and by what. `ms` metrics are sums of durations; the count beside them makes the average. */
export const METRICS = {
  "conversations.opened": "channel",
  "messages.received": "none",
  "messages.sent": "none",
  "tickets.opened": "source",
  "tickets.resolved": "operator",
  "tickets.resolution_ms": "operator",
  "tickets.closed": "none",
  "tickets.reopened": "none",
  "tickets.first_responses": "operator",
  "tickets.first_response_ms": "operator",
  "sla.warned": "clock",
  "sla.breached": "clock",
  "sla.met": "clock",
  "csat.answers": "operator",
  "csat.score": "operator",
} as const satisfies Record<string, string>;

/**
 * What is counted from rows themselves, by when they begin: calls are imported and corrected long after they were made,
 * visits lie ahead and move. A month of them is little to read.
 */
export const ROW_METRICS = {
  "calls.in": "calls",
  "calls.out": "calls",
  "calls.missed": "calls",
  "calls.answered": "calls",
  "calls.talk_ms": "calls",
  "visits.planned": "visits",
  "visits.completed": "visits",
  "visits.cancelled": "visits",
  "visits.no_show": "visits",
} as const satisfies Record<string, "calls" | "visits">;

export type RowMetric = keyof typeof ROW_METRICS;
export type Metric = keyof typeof METRICS | RowMetric;

export function isRowMetric(metric: Metric): metric is RowMetric {
  return Object.hasOwn(ROW_METRICS, metric);
}

export interface Increment {
  readonly metric: Metric;
  readonly dimension: string;
  readonly value: number;
  /** When it counts (UTC milliseconds), where that is not when the event was written. */
  readonly at?: number;
}

type Data = Readonly<Record<string, unknown>>;

const isData = (value: unknown): value is Data => typeof value === "object" && value !== null;
const part = (data: Data, name: string): Data => isData(data[name]) ? data[name] : {};
const text = (data: Data, name: string): string => typeof data[name] === "string" ? data[name] : "";
const time = (data: Data, name: string): number => Date.parse(text(data, name));

const one = (metric: Metric, dimension = ""): Increment => ({ metric, dimension, value: 1 });

/** A duration and its count; nothing where a time is missing. */
function lasted(
  { sum, count, dimension }: { sum: Metric; count: Metric; dimension: string },
  ms: number,
): Increment[] {
  if (!Number.isFinite(ms)) return [];
  return [one(count, dimension), { metric: sum, dimension, value: Math.max(0, Math.round(ms)) }];
}

const PROMISES = [
  ["sla.warned", "warned_at"],
  ["sla.breached", "breached_at"],
  ["sla.met", "met_at"],
] as const satisfies readonly (readonly [Metric, string])[];

/** A promise counts when it was broken, not when somebody looked; what is taken back counts no more. */
function promises(data: Data, value: 1 | -1): Increment[] {
  const dimension = text(data, "clock");
  return PROMISES.flatMap(([metric, name]) => {
    const at = time(data, name);
    return Number.isFinite(at) ? [{ metric, dimension, value, at }] : [];
  });
}

const DONE: ReadonlySet<string> = new Set(["resolved", "closed"]);

const COUNTED: Readonly<Record<string, (data: Data, event: LiveEvent) => Increment[]>> = {
  "conversation.opened": (data) => [one("conversations.opened", text(part(data, "conversation"), "channel"))],
  "message.received": () => [one("messages.received")],
  "message.sent": () => [one("messages.sent")],
  "message.queued": () => [one("messages.sent")],
  "ticket.opened": (data) => [one("tickets.opened", text(part(data, "ticket"), "source"))],
  "ticket.state_changed": (data, event) => {
    const ticket = part(data, "ticket");
    const [from, to] = [text(data, "from"), text(data, "to")];
    // What is closed without a solution, or goes into another ticket, was not resolved.
    if (to === "closed") return [one("tickets.closed")];
    if (DONE.has(from)) return DONE.has(to) ? [] : [one("tickets.reopened")];
    if (to !== "resolved") return [];
    const dimension = text(ticket, "assignee_id");
    const names = { sum: "tickets.resolution_ms", count: "tickets.resolved", dimension } as const;
    return lasted(names, event.at - time(ticket, "created_at"));
  },
  "ticket.commented": (data) => {
    const ticket = part(data, "ticket");
    const comment = part(data, "comment");
    const first = text(ticket, "first_response_at");
    if (first === "" || first !== text(comment, "created_at") || text(comment, "author") !== "operator") {
      return [];
    }
    if (text(comment, "visibility") !== "public") return [];
    const dimension = text(ticket, "assignee_id");
    const names = { sum: "tickets.first_response_ms", count: "tickets.first_responses", dimension } as const;
    return lasted(names, time(ticket, "first_response_at") - time(ticket, "created_at"));
  },
  "sla.warned": (data) => promises(data, 1),
  "sla.breached": (data) => promises(data, 1),
  "sla.met": (data) => promises(data, 1),
  "sla.taken_back": (data) => promises(data, -1),
  "ticket.rated": (data) => {
    const dimension = text(data, "operator_id");
    const { score } = data;
    if (typeof score !== "number") return [];
    return [one("csat.answers", dimension), { metric: "csat.score", dimension, value: score }];
  },
};

/** What an event adds to the counts; most events add nothing. */
export function incrementsOf(event: LiveEvent): Increment[] {
  return Object.hasOwn(COUNTED, event.type) ? COUNTED[event.type]?.(event.data, event) ?? [] : [];
}
