import { index, integer, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { at, createdAt, id, workspaceId } from "../columns.ts";

export const ACTIVITY_OUTCOMES = ["answered", "asked", "done", "refused"] as const;
export type ActivityOutcome = typeof ACTIVITY_OUTCOMES[number];

/** Talks with Watson. `pending` is the action whose missing values are being asked for. */
export const watsonSessions = sqliteTable("watson_sessions", {
  id: id(),
  workspaceId: workspaceId(),
  /** What the caller calls it. */
  externalId: text("external_id").notNull(),
  user: text("user"),
  locale: text("locale"),
  pending: text("pending", { mode: "json" }).$type<Record<string, unknown>>(),
  /** Counts its turns: two at once are one after the other. */
  version: integer("version").notNull(),
  createdAt: createdAt(),
  lastAt: at("last_at").notNull(),
}, (t) => [
  uniqueIndex("watson_sessions_external").on(t.workspaceId, t.externalId),
  index("watson_sessions_last").on(t.workspaceId, t.lastAt),
]);

/** Every turn: what was said, understood and done. */
export const watsonActivities = sqliteTable("watson_activities", {
  id: id(),
  workspaceId: workspaceId(),
  sessionId: text("session_id").notNull().references(() => watsonSessions.id, { onDelete: "cascade" }),
  /** The caller's name of the turn: the same again is answered alike and done once. */
  turn: text("turn"),
  text: text("text").notNull(),
  intent: text("intent").notNull(),
  confidence: real("confidence").notNull(),
  /** Who understood it: `classifier`, `model` or `slot`. */
  source: text("source").notNull(),
  action: text("action"),
  outcome: text("outcome").$type<ActivityOutcome>().notNull(),
  reply: text("reply").notNull(),
  result: text("result", { mode: "json" }).$type<Record<string, unknown>>(),
  createdAt: createdAt(),
}, (t) => [
  index("watson_activities_session").on(t.workspaceId, t.sessionId, t.id),
  uniqueIndex("watson_activities_turn").on(t.sessionId, t.turn),
  index("watson_activities_recent").on(t.workspaceId, t.createdAt),
]);

/** What the owner taught beside the shipped examples. */
export const watsonExamples = sqliteTable("watson_examples", {
  id: id(),
  workspaceId: workspaceId(),
  intent: text("intent").notNull(),
  text: text("text").notNull(),
  createdAt: createdAt(),
}, (t) => [uniqueIndex("watson_examples_text").on(t.workspaceId, t.text)]);
