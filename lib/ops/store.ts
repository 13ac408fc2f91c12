import { inArray, sql } from "drizzle-orm";
import { workspaces } from "../../db/schema/identity.ts";
import { jobs } from "../../db/schema/jobs.ts";
import { listed } from "../../db/statement.ts";
import type { Ctx } from "../context.ts";

/** Pages of the file that hold nothing. */
export async function freePages(ctx: Ctx): Promise<number> {
  const row = await ctx.db.get<{ n: number }>(sql`select freelist_count as n from pragma_freelist_count`);
  return row?.n ?? 0;
}

/** Gives up to `pages` empty pages of the file back to the disk. */
export async function releasePages(ctx: Ctx, pages: number): Promise<void> {
  await ctx.db.run(sql.raw(`pragma incremental_vacuum(${Math.trunc(pages)})`));
}

/** Every table with a column of this name says by it which blobs it holds. */
const HOLDERS = sql`select m.name as name from sqlite_master m join pragma_table_info(m.name) c
  where m.type = 'table' and c.name = 'blob_key' order by m.name`;

/** What tasks keep outside of their rows: the third part of a key is the task's id. */
async function selectNamedByTasks(ctx: Ctx, keys: readonly string[]): Promise<string[]> {
  const ids = keys.flatMap((key) => {
    const [, kind, id] = key.split("/");
    return kind === "tasks" && id !== undefined ? [id] : [];
  });
  if (ids.length === 0) return [];
  const rows = await ctx.db.select({
    args: sql<string | null>`json_extract(${jobs.payload}, '$.blob')`,
    result: sql<string | null>`json_extract(${jobs.result}, '$.blob')`,
  }).from(jobs).where(sql`${jobs.id} in ${listed(ids)} and submitted_by is not null`);
  return rows.flatMap(({ args, result }) => [args, result].filter((key) => typeof key === "string"));
}

/** Those of the keys that a row of any table names. */
export async function selectNamedBlobs(ctx: Ctx, keys: readonly string[]): Promise<Set<string>> {
  const named = new Set(await selectNamedByTasks(ctx, keys));
  if (keys.length === 0) return named;
  for (const { name } of await ctx.db.all<{ name: string }>(HOLDERS)) {
    const rows = await ctx.db.all<{ key: string }>(
      sql`select blob_key as key from ${sql.identifier(name)}
        where blob_key in ${listed(keys)}`,
    );
    for (const { key } of rows) named.add(key);
  }
  return named;
}

/** Those of the ids that are workspaces. */
export async function selectWorkspaces(ctx: Ctx, ids: readonly string[]): Promise<Set<string>> {
  const rows = await ctx.db.select({ id: workspaces.id }).from(workspaces).where(
    inArray(workspaces.id, [...ids]),
  );
  return new Set(rows.map(({ id }) => id));
}
