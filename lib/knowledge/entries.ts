import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { notFound } from "../kernel/errors.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import type { ListFilter } from "./schemas.ts";
import { deleteEntryRow, type EntryRow, forgetWordsWhenEmpty, selectEntries, selectEntry } from "./store.ts";

/** One entry with its whole body. Throws 404. */
export async function getEntry(ctx: Ctx, id: string): Promise<EntryRow> {
  requireScope(ctx, "knowledge:read");
  const row = await selectEntry(ctx, id);
  if (row === undefined) throw notFound("knowledge entry", id);
  return row;
}

/** The entries, newest first, bodies cut to an excerpt of EXCERPT characters. */
export async function listEntries(ctx: Ctx, query: PageRequest & ListFilter): Promise<Page<EntryRow>> {
  requireScope(ctx, "knowledge:read");
  const { limit, cursor, ...filter } = query;
  const before = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectEntries(ctx, { ...filter, before, limit: limit + 1 });
  return toPage(rows, { limit, keysOf: (row) => [row.id], toDto: (row) => row });
}

/** Removes an entry with its chunks and index rows. Throws 404. */
export async function deleteEntry(ctx: Ctx, id: string): Promise<void> {
  requireScope(ctx, "knowledge:write");
  await ctx.transact(async (tx) => {
    const row = await selectEntry(tx, id);
    if (row === undefined) throw notFound("knowledge entry", id);
    await deleteEntryRow(tx, id);
    await forgetWordsWhenEmpty(tx);
    await emit(tx, { type: "knowledge.entry_deleted", subjectId: id, data: { title: row.title } });
    await audit(tx, {
      action: "knowledge.delete",
      subjectId: id,
      detail: { kind: row.kind, title: row.title },
    });
  });
}
