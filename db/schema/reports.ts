import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { at, createdAt, id, workspaceId } from "../columns.ts";

export const REPORT_STATES = ["queued", "running", "done", "failed"] as const;
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
  index("reports_expiring").on(t.expiresAt).where(sql`expires_at is not null`),
]);
