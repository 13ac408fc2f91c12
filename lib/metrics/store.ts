import { sql } from "drizzle-orm";
import type { Ctx } from "../context.ts";

/** The size of the database and how much of it holds nothing, in bytes. */
export async function databaseSize(ctx: Ctx): Promise<{ bytes: number; freeBytes: number }> {
  const row = await ctx.db.get<{ pages: number; free: number; size: number }>(
    sql`select page_count as pages, freelist_count as free, page_size as size
      from pragma_page_count, pragma_freelist_count, pragma_page_size`,
  );
  const { pages = 0, free = 0, size = 0 } = row ?? {};
  return { bytes: pages * size, freeBytes: free * size };
}
