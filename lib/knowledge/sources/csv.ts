import { parseCsv } from "../../kernel/csv.ts";
import { invalid } from "../../kernel/errors.ts";
import { fold, toLocale } from "../text/mod.ts";
import type { EntryInput } from "../schemas.ts";

const COLUMNS = {
  question: ["pregunta", "preguntas", "question", "questions", "q", "titulo", "title", "consulta", "duda"],
  answer: ["respuesta", "respuestas", "answer", "answers", "a", "contestacion", "texto", "text"],
  tags: ["etiquetas", "etiqueta", "tags", "tag", "categoria", "category", "tema", "topic"],
  locale: ["idioma", "language", "locale", "lang"],
} as const;

export const MOST_ROWS = 5000;

/** Questions with answers, where the header names both; else every row as one line of text. */
export type CsvContent =
  | { readonly pairs: readonly EntryInput[]; readonly skippedRows: number }
  | { readonly lines: readonly string[] };

/** Reads comma, semicolon or tab separated text (RFC 4180). Throws 422 when it can't be read. */
export function readCsv(text: string): CsvContent {
  const records = parseCsv(text);
  const open = records.find(({ unclosed }) => unclosed);
  if (open !== undefined) {
    throw invalid(
      "file",
      `is not CSV that can be read: on line ${open.line} begins a record with a quote that never closes`,
    );
  }
  const [header, ...data] = records.map(({ cells }) => cells);
  if (header === undefined || data.length === 0) throw invalid("file", "has no rows under its header");
  if (data.length > MOST_ROWS) {
    throw invalid("file", `has ${data.length} rows, the most is ${MOST_ROWS}: split it`);
  }
  const names = header.map((cell) => fold(cell).trim());
  const column = (wanted: keyof typeof COLUMNS) =>
    names.findIndex((name) => COLUMNS[wanted].some((known) => known === name));
  const [question, answer, tags, locale] = [
    column("question"),
    column("answer"),
    column("tags"),
    column("locale"),
  ];
  if (question < 0 || answer < 0) return { lines: data.map((row) => lineOf(header, row)) };
  const pairs = data
    .map((row) => ({
      kind: "pair" as const,
      title: row[question] ?? "",
      body: row[answer] ?? "",
      tags: (row[tags] ?? "").split(/[,;|]/).map((tag) => tag.trim()).filter(Boolean),
      locale: toLocale(row[locale]),
    }))
    .filter(({ title, body }) => title !== "" && body !== "");
  if (pairs.length === 0) throw invalid("file", "no row has both a question and an answer");
  return { pairs, skippedRows: data.length - pairs.length };
}

function lineOf(header: readonly string[], row: readonly string[]): string {
  return row
    .map((cell, index) => ({ name: header[index] ?? "", cell: cell.replace(/\s+/g, " ") }))
    .filter(({ cell }) => cell !== "")
    .map(({ name, cell }) => name === "" ? cell : `${name.replace(/\s+/g, " ")}: ${cell}`)
    .join(" · ");
}
