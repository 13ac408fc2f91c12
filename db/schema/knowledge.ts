import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { at, createdAt, flag, id, workspaceId } from "../columns.ts";

export const ENTRY_KINDS = ["pair", "text", "markdown", "pdf", "csv"] as const;
export type EntryKind = typeof ENTRY_KINDS[number];

/** One thing that the business knows: a question with its answer, or a document. */
export const knowledgeEntries = sqliteTable("knowledge_entries", {
  id: id(),
  workspaceId: workspaceId(),
  kind: text("kind").$type<EntryKind>().notNull(),
  /** The question of a pair, or the title of a document. */
  title: text("title").notNull(),
  /** The answer of a pair, or the document's text. */
  body: text("body").notNull(),
  locale: text("locale"),
  tags: text("tags", { mode: "json" }).$type<string[]>().notNull(),
  /** File name or address that it came from. */
  source: text("source"),
  sample: flag("sample").notNull().default(false),
  enabled: flag("enabled").notNull().default(true),
  createdBy: text("created_by").notNull(),
  createdAt: createdAt(),
  updatedAt: at("updated_at").notNull(),
}, (t) => [
  index("knowledge_entries_workspace").on(t.workspaceId, t.id),
  index("knowledge_entries_title").on(t.workspaceId, t.title),
]);

/** A searchable piece of an entry. Its text is indexed by the FTS5 table of 0001_full_text.sql under `rowid`. */
export const knowledgeChunks = sqliteTable("knowledge_chunks", {
  rowid: integer("rowid").primaryKey({ autoIncrement: true }),
  workspaceId: workspaceId(),
  entryId: text("entry_id").notNull().references(() => knowledgeEntries.id, { onDelete: "cascade" }),
  position: integer("position").notNull(),
  heading: text("heading"),
  text: text("text").notNull(),
  locale: text("locale"),
}, (t) => [index("knowledge_chunks_entry").on(t.entryId, t.workspaceId, t.position)]);

/** What the bot could not answer, folded together when asked again. */
export const unansweredQuestions = sqliteTable("unanswered_questions", {
  id: id(),
  workspaceId: workspaceId(),
  /** Folded and stemmed form: the same question asked again counts up. */
  fingerprint: text("fingerprint").notNull(),
  question: text("question").notNull(),
  locale: text("locale"),
  times: integer("times").notNull().default(1),
  conversationId: text("conversation_id"),
  entryId: text("entry_id"),
  dismissedAt: at("dismissed_at"),
  createdAt: createdAt(),
  lastAskedAt: at("last_asked_at").notNull(),
}, (t) => [
  uniqueIndex("unanswered_fingerprint").on(t.workspaceId, t.fingerprint),
  index("unanswered_recent").on(t.workspaceId, t.lastAskedAt),
  index("unanswered_conversation").on(t.workspaceId, t.conversationId).where(
    sql`conversation_id is not null`,
  ),
]);
