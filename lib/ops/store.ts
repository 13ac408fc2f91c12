import { sql } from "drizzle-orm";
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
