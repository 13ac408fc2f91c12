import { integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Lane } from "../../lib/kernel/define-job.ts";
import { at, id } from "../columns.ts";

/** Processes that run jobs. One that beats no more loses its row, and its jobs to others. */
export const workers = sqliteTable("workers", {
  id: id(),
  host: text("host").notNull(),
  pid: integer("pid").notNull(),
  /** How many jobs of each lane it runs at once. */
  lanes: text("lanes", { mode: "json" }).$type<Partial<Record<Lane, number>>>().notNull(),
  running: integer("running").notNull(),
  /** Cores that it has used since the beat before. */
  cpu: real("cpu").notNull(),
  rssBytes: integer("rss_bytes").notNull(),
  /** Counts up with each beat: whoever watches sees by it that it lives, whatever either clock says. */
  beats: integer("beats").notNull(),
  startedAt: at("started_at").notNull(),
  beatAt: at("beat_at").notNull(),
});
