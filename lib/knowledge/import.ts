import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, invalid } from "../kernel/errors.ts";
import { cleanText } from "../kernel/text.ts";
import { type PreparedEntry, prepareEntry, writeEntry } from "./create.ts";
import { type EntryInput, type ImportKind, LIMITS } from "./schemas.ts";
import { readCsv } from "./sources/csv.ts";
import { PAGE_BREAK } from "./sources/chunk.ts";
import { decodeText } from "../kernel/decode.ts";
import { readPdf } from "./sources/pdf.ts";
import { type EntryRow, keyOf, selectKnown } from "./store.ts";

/** What to bring in: pairs as they are, or the content of a file. */
export type ImportInput =
  & { readonly title?: string | undefined; readonly source?: string | null | undefined }
  & { readonly locale?: EntryInput["locale"]; readonly tags?: readonly string[] | undefined }
  & (
    | { readonly kind: "pairs"; readonly pairs: readonly EntryInput[] }
    | { readonly kind: Exclude<ImportKind, "pairs">; readonly content: string | Uint8Array }
  );

export interface ImportResult {
  readonly created: readonly EntryRow[];
  /** Left out because the workspace has the same already, or a row had no question or answer. */
  readonly skipped: number;
}

/** Entries a commit: a file of thousands must not hold everybody's writes up. */
const SLICE = 50;
const KINDS_BY_ENDING: readonly (readonly [RegExp, Exclude<ImportKind, "pairs">])[] = [
  [/\.(md|markdown|mdx)$/i, "markdown"],
  [/\.(csv|tsv)$/i, "csv"],
  [/\.pdf$/i, "pdf"],
  [/\.(txt|text)$/i, "text"],
];

/** The kind of a file by its name, then by its media type. Throws 415. */
export function kindOfFile(
  { name, type }: { readonly name: string; readonly type: string },
): Exclude<ImportKind, "pairs"> {
  for (const [ending, kind] of KINDS_BY_ENDING) if (ending.test(name)) return kind;
  if (type.startsWith("application/pdf")) return "pdf";
  if (type.startsWith("text/csv")) return "csv";
  if (type.startsWith("text/markdown")) return "markdown";
  if (type.startsWith("text/plain")) return "text";
  throw new AppError("unsupported_media_type", "Knowledge is read from .csv, .md, .txt and .pdf files");
}

/**
 * Brings many entries in. What is there already (same title and body) is skipped, so that sending a file again, after
 * a crash too, adds only what is missing: entries are written in commits of fifty. Throws 422.
 */
export async function importKnowledge(ctx: Ctx, input: ImportInput): Promise<ImportResult> {
  requireScope(ctx, "knowledge:write");
  const { entries, skippedRows } = await entriesOf(input);
  if (entries.length === 0) throw invalid("pairs", "has no entries");
  if (entries.length > LIMITS.pairs) throw invalid("pairs", `at most ${LIMITS.pairs} at once`);
  const common = { source: input.source ?? null, ...(input.locale ? { locale: input.locale } : {}) };
  const tags = input.tags ?? [];
  const prepared = entries.map((entry, row) => {
    const at = input.kind === "pairs" ? `pairs.${row}` : `file.${row}`;
    return prepareEntry({ ...common, ...withoutNulls(entry), tags: [...tags, ...(entry.tags ?? [])] }, at);
  });
  const created: EntryRow[] = [];
  for (let at = 0; at < prepared.length; at += SLICE) {
    created.push(
      ...await ctx.transact((tx) => writeUnknown(tx, { input, slice: prepared.slice(at, at + SLICE) })),
    );
  }
  return { created, skipped: skippedRows + prepared.length - created.length };
}

/** Writes those that the workspace does not have, each once. */
async function writeUnknown(
  tx: Tx,
  { input, slice }: { input: ImportInput; slice: readonly PreparedEntry[] },
): Promise<EntryRow[]> {
  const known = await selectKnown(tx, slice.map(({ fields }) => fields.title));
  const rows: EntryRow[] = [];
  for (const each of slice) {
    const key = keyOf(each.fields);
    if (known.has(key)) continue;
    known.add(key);
    rows.push(await writeEntry(tx, each));
  }
  if (rows.length === 0) return rows;
  const detail = { kind: input.kind, source: input.source ?? null, entries: rows.length };
  await emit(tx, { type: "knowledge.imported", subjectId: tx.workspaceId, data: detail });
  await audit(tx, { action: "knowledge.import", subjectId: tx.workspaceId, detail });
  return rows;
}

async function entriesOf(
  input: ImportInput,
): Promise<{ entries: readonly EntryInput[]; skippedRows: number }> {
  if (input.kind === "pairs") return { entries: input.pairs, skippedRows: 0 };
  const { kind, content } = input;
  if (kind === "pdf") {
    if (typeof content === "string") throw invalid("kind", "a PDF is sent as a file, not as text");
    const { title, pages } = await readPdf(content);
    const body = pages.join(PAGE_BREAK);
    return {
      entries: [{ kind, title: input.title ?? title ?? titleOf(input.source), body }],
      skippedRows: 0,
    };
  }
  const text = cleanText(typeof content === "string" ? content : decodeText(content)).replace(/^\ufeff/, "");
  if (text.trim() === "") throw invalid("file", "is empty");
  if (kind !== "csv") {
    const title = input.title ?? (kind === "markdown" ? /^#\s+(.+)$/m.exec(text)?.[1] : undefined) ??
      titleOf(input.source);
    return { entries: [{ kind, title: title.slice(0, 500).toWellFormed(), body: text }], skippedRows: 0 };
  }
  const read = readCsv(text);
  if ("pairs" in read) return { entries: read.pairs, skippedRows: read.skippedRows };
  return {
    entries: [{ kind, title: input.title ?? titleOf(input.source), body: read.lines.join("\n") }],
    skippedRows: 0,
  };
}

function titleOf(source: string | null | undefined): string {
  const name = source?.split(/[\\/]/).at(-1)?.replace(/\.[a-z0-9]{1,5}$/i, "").replace(/[_-]+/g, " ").trim();
  return name === undefined || name === "" ? "Untitled" : name;
}

function withoutNulls({ locale, source, ...rest }: EntryInput): EntryInput {
  return { ...rest, ...(locale ? { locale } : {}), ...(source ? { source } : {}) };
}
