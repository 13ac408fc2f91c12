import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { type EntryIndex, indexOf } from "./indexing.ts";
import { type EntryInput, parseEntry } from "./schemas.ts";
import { type EntryFields, type EntryRow, insertEntry, rememberWords, replaceChunks } from "./store.ts";
import { guessLocale } from "./text/mod.ts";

export interface PreparedEntry {
  readonly fields: EntryFields;
  readonly index: EntryIndex;
}

/** Adds one entry. Its language is guessed when none is given. Throws 422. */
export async function createEntry(ctx: Ctx, input: EntryInput): Promise<EntryRow> {
  requireScope(ctx, "knowledge:write");
  const prepared = prepareEntry(input);
  return await ctx.transact((tx) => writeEntry(tx, prepared));
}

/** Checks the input and makes its chunks and stems: the costly part, so it comes before the transaction. */
export function prepareEntry(input: EntryInput, at?: string): PreparedEntry {
  const entry = parseEntry(input, at);
  const locale = entry.locale ?? guessLocale(`${entry.title}\n${entry.body}`);
  const fields = { ...entry, locale, sample: false };
  return { fields, index: indexOf(fields) };
}

/** Writes a prepared entry with its chunks, words, event and audit entry. */
export async function writeEntry(tx: Tx, { fields, index }: PreparedEntry): Promise<EntryRow> {
  const row = await insertEntry(tx, fields);
  await replaceChunks(tx, row, index.chunks);
  await rememberWords(tx, index.words);
  const { id, kind, title, source } = row;
  await emit(tx, { type: "knowledge.entry_created", subjectId: id, data: { kind, title, source } });
  await audit(tx, {
    action: "knowledge.create",
    subjectId: id,
    detail: { kind, title, source, chunks: index.chunks.length },
  });
  return row;
}
