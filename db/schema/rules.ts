import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { at, createdAt, flag, id, workspaceId } from "../columns.ts";

/** What a rule does when something happens. Shapes of `when`, `conditions` and `actions`: lib/rules/schemas.ts. */
export const rules = sqliteTable("rules", {
  id: id(),
  workspaceId: workspaceId(),
  name: text("name").notNull(),
  description: text("description").notNull(),
  enabled: flag("enabled").notNull(),
  /** Rules of one event run in this order. */
  position: integer("position").notNull(),
  /** `when` as a key: an event's type, or `since:` and what time is counted from. */
  trigger: text("trigger").notNull(),
  when: text("when", { mode: "json" }).$type<unknown>().notNull(),
  conditions: text("conditions", { mode: "json" }).$type<unknown>().notNull(),
  actions: text("actions", { mode: "json" }).$type<unknown>().notNull(),
  /** No rule after it looks at an event that it acted on. */
  stops: flag("stops").notNull(),
  version: integer("version").notNull().default(1),
  createdAt: createdAt(),
  updatedAt: at("updated_at").notNull(),
}, (t) => [
  index("rules_position").on(t.workspaceId, t.position, t.id),
  index("rules_trigger").on(t.workspaceId, t.trigger, t.position).where(sql`enabled = 1`),
]);

export const RUN_OUTCOMES = ["done", "failed", "loop", "too_deep", "throttled"] as const;
export type RunOutcome = typeof RUN_OUTCOMES[number];

/** A rule that applied: what it did, or why it did nothing. */
export const ruleRuns = sqliteTable("rule_runs", {
  id: id(),
  workspaceId: workspaceId(),
  ruleId: text("rule_id").notNull(),
  /** The event or the time that it applied to: a rule runs once for each. */
  occasion: text("occasion").notNull(),
  trigger: text("trigger").notNull(),
  subjectId: text("subject_id").notNull(),
  outcome: text("outcome").$type<RunOutcome>().notNull(),
  /** What went wrong, for a person. */
  reason: text("reason"),
  /** What each action did. */
  results: text("results", { mode: "json" }).$type<Record<string, unknown>[]>().notNull(),
  /** The rules whose actions led here, the first cause first. */
  chain: text("chain", { mode: "json" }).$type<string[]>().notNull(),
  at: at("at").notNull(),
}, (t) => [
  uniqueIndex("rule_runs_occasion").on(t.workspaceId, t.ruleId, t.occasion),
  index("rule_runs_workspace").on(t.workspaceId, t.id),
  index("rule_runs_rule").on(t.workspaceId, t.ruleId, t.id),
  index("rule_runs_of").on(t.workspaceId, t.subjectId, t.ruleId, t.at),
  index("rule_runs_age").on(t.at),
]);

/** Since when a ticket is as it is: what rules of time count from. Follows the tickets' events. */
export const ruleWatches = sqliteTable("rule_watches", {
  workspaceId: workspaceId(),
  ticketId: text("ticket_id").notNull(),
  openedAt: at("opened_at").notNull(),
  state: text("state").notNull(),
  stateSince: at("state_since").notNull(),
  /** The first word of the customer that nobody answered; null: none waits. */
  customerWaitsSince: at("customer_waits_since"),
  /** Our last word that the customer has not answered. */
  customerSilentSince: at("customer_silent_since"),
  /** The last event that was followed: an older one that comes late sets nothing back. */
  seenSeq: integer("seen_seq").notNull().default(0),
}, (t) => [primaryKey({ columns: [t.workspaceId, t.ticketId] })]);
