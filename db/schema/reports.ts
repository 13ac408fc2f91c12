import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { at, createdAt, flag, id, workspaceId } from "../columns.ts";

/** `withdrawn`: its file was removed before its time, or is not to be written; `error` says why. */
export const REPORT_STATES = ["queued", "running", "done", "failed", "withdrawn"] as const;
export type ReportState = typeof REPORT_STATES[number];

/** Reports that were asked for as files. The file is a blob; it goes when the report expires. */
export const reports = sqliteTable("reports", {
  id: id(),
  workspaceId: workspaceId(),
  name: text("name").notNull(),
  /** What is asked (lib/reports/schemas.ts). */
  definition: text("definition", { mode: "json" }).$type<Record<string, unknown>>().notNull(),
  format: text("format").notNull(),
  state: text("state").$type<ReportState>().notNull(),
  /** Mail addresses that are told when it is done. */
  recipients: text("recipients", { mode: "json" }).$type<string[]>().notNull(),
  /** It can hold persons: when one is erased it is withdrawn, or written anew. */
  personal: flag("personal").notNull().default(true),
  rows: integer("rows"),
  size: integer("size"),
  blobKey: text("blob_key"),
  error: text("error"),
  createdBy: text("created_by").notNull(),
  createdAt: createdAt(),
  finishedAt: at("finished_at"),
  expiresAt: at("expires_at"),
}, (t) => [
  index("reports_workspace").on(t.workspaceId, t.id),
  index("reports_personal").on(t.workspaceId, t.state).where(sql`personal = 1`),
  index("reports_expiring").on(t.expiresAt).where(sql`expires_at is not null`),
]);
