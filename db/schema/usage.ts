import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { createdAt, id, workspaceId } from "../columns.ts";

/** One call of a language model, failed ones included. */
export const usageRecords = sqliteTable("usage_records", {
  id: id(),
  workspaceId: workspaceId(),
  /** What it was for: `answer`, `generate`, ... */
  purpose: text("purpose").notNull(),
  provider: text("provider").notNull(),
  model: text("model").notNull(),
  inputTokens: integer("input_tokens").notNull(),
  outputTokens: integer("output_tokens").notNull(),
  ms: integer("ms").notNull(),
  /** `ok`, `cancelled` (the caller went away), `empty`, `not_json`, or the error's code. */
  outcome: text("outcome").notNull(),
  /** The visitor or user on whose behalf. */
  subjectId: text("subject_id"),
  conversationId: text("conversation_id"),
  createdAt: createdAt(),
}, (t) => [
  index("usage_workspace").on(t.workspaceId, t.createdAt),
  index("usage_subject").on(t.workspaceId, t.subjectId).where(sql`subject_id is not null`),
]);

/** Counters by day (UTC, `2026-11-21`) for the caps; `subject` is "" for the workspace itself. */
export const usageCounters = sqliteTable("usage_counters", {
  workspaceId: workspaceId(),
  day: text("day").notNull(),
  subject: text("subject").notNull(),
  calls: integer("calls").notNull().default(0),
  tokens: integer("tokens").notNull().default(0),
}, (t) => [
  primaryKey({ columns: [t.workspaceId, t.day, t.subject] }),
  index("usage_counters_subject").on(t.workspaceId, t.subject).where(sql`subject <> ''`),
]);
