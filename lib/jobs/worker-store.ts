import { and, asc, eq, sql } from "drizzle-orm";
import { workers } from "../../db/schema/workers.ts";
import { statement } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type WorkerRow = typeof workers.$inferSelect;

const p = sql.placeholder;

const upsert = statement((db) =>
  db.insert(workers).values({
    id: p("id"),
    host: p("host"),
    pid: p("pid"),
    lanes: p("lanes"),
    running: p("running"),
    cpu: p("cpu"),
    rssBytes: p("rssBytes"),
    beats: 1,
    startedAt: p("startedAt"),
    beatAt: p("beatAt"),
  }).onConflictDoUpdate({
    target: workers.id,
    set: {
      lanes: sql`excluded.lanes`,
      running: sql`excluded.running`,
      cpu: sql`excluded.cpu`,
      rssBytes: sql`excluded.rss_bytes`,
      beats: sql`${workers.beats} + 1`,
      beatAt: sql`excluded.beat_at`,
    },
  }).prepare()
);

/** Of no workspace: the caller is the engine, as everywhere here. */
export async function upsertWorker(ctx: Ctx, row: Omit<WorkerRow, "beats">): Promise<void> {
  await upsert(ctx, { ...row });
}

export async function selectWorkers(ctx: Ctx): Promise<WorkerRow[]> {
  return await ctx.db.select().from(workers).orderBy(asc(workers.id)).limit(1000);
}

const selectBeatRows = statement((db) =>
  db.select({ id: workers.id, beats: workers.beats }).from(workers).limit(1000).prepare()
);

export async function selectBeats(ctx: Ctx): Promise<Pick<WorkerRow, "id" | "beats">[]> {
  return await selectBeatRows(ctx);
}

/** False when it has beaten since, or is gone. */
export async function deleteSilent(tx: Tx, { id, beats }: Pick<WorkerRow, "id" | "beats">): Promise<boolean> {
  return (await tx.db.delete(workers).where(and(eq(workers.id, id), eq(workers.beats, beats))))
    .rowsAffected === 1;
}

export async function deleteWorker(ctx: Ctx, id: string): Promise<void> {
  await ctx.db.delete(workers).where(eq(workers.id, id));
}
