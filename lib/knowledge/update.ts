import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { notFound } from "../kernel/errors.ts";
import { given } from "../kernel/given.ts";
import { indexOf } from "./indexing.ts";
import { type EntryChange, parseEntry } from "./schemas.ts";
import { type EntryRow, rememberWords, replaceChunks, selectEntry, updateEntryRow } from "./store.ts";
import { guessLocale } from "./text/mod.ts";

/**
 * Changes the given fields of an entry; a sample's entry that is changed becomes the business's own. Throws 404,
 * and 422 when the whole would not be a valid entry.
 */
export async function updateEntry(
  ctx: Ctx,
  { id, ...change }: EntryChange & { readonly id: string },
): Promise<EntryRow> {
  requireScope(ctx, "knowledge:write");
  return await ctx.transact(async (tx) => {
    const before = await selectEntry(tx, id);
    if (before === undefined) throw notFound("knowledge entry", id);
    const { kind, title, body, locale, tags, source, enabled } = { ...before, ...given(change) };
    const whole = parseEntry({ kind, title, body, tags, source, enabled });
    const language = change.locale === null ? guessLocale(`${title}\n${body}`) : locale;
    const fields = { ...whole, locale: language, sample: false, updatedAt: tx.now() };
    await updateEntryRow(tx, id, fields);
    const row = { ...before, ...fields };
    const index = indexOf(row);
    await replaceChunks(tx, row, index.chunks);
    await rememberWords(tx, index.words);
    const changed = Object.keys(given(change));
    await emit(tx, { type: "knowledge.entry_updated", subjectId: id, data: { changed } });
    await audit(tx, { action: "knowledge.update", subjectId: id, detail: { changed } });
    return row;
  });
}
