import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { at, workspaceId } from "../columns.ts";

/** What the event log counts up to, in quarters of an hour: every zone's days begin on one. */
export const rollups = sqliteTable("rollups", {
  workspaceId: workspaceId(),
  metric: text("metric").notNull(),
  /** Start of the quarter. */
  bucket: at("bucket").notNull(),
  /** What it is counted by: a channel, an operator... Empty: nothing. */
  dimension: text("dimension").notNull(),
  value: integer("value").notNull(),
}, (t) => [primaryKey({ columns: [t.workspaceId, t.metric, t.bucket, t.dimension] })]);
