import { nextTurn } from "../../kernel/clock.ts";
import type { Cell, CellKind, Table, TableColumn } from "../../ports/tables.ts";

const MARGIN = 36;
const LINE = 13;
const GAP = 4;
const SIZE = { title: 14, cell: 8 } as const;
/** What values that are never cut take, in points at the size of a cell; texts share the rest. */
const WIDE = { number: 40, time: 70, duration: 50, flag: 30 } as const satisfies Record<
  Exclude<CellKind, "text">,
  number
>;
/** A text that gets less could not be told from the next one. */
const LEAST_TEXT = 24;
const HEAD = { lines: 3, line: 10 } as const;
/** Rows after which others get their turn: laying out a line takes a tenth of a millisecond. */
const ROWS_A_TURN = 50;

/**
 * A PDF on A4 across, a line a row (texts that are too long are cut), the head on each page. The fonts are the standard ones
 * of PDF, so what Windows-1252 does not know is shown as "?". The library is heavy and loads at the first use.
 */
export async function* writePdf(table: Table): AsyncGenerator<Uint8Array> {
  const doc = await beginDocument(table.title);
  const written: Uint8Array[] = [];
  const ended = Promise.withResolvers<void>();
  doc.on("data", (chunk: Uint8Array) => written.push(new Uint8Array(chunk)));
  doc.on("end", () => ended.resolve());
  const columns = layOut(table.columns, doc.page.width - 2 * MARGIN);
  const bottom = doc.page.height - MARGIN - LINE;
  let y = MARGIN;
  let page = 1;

  const head = () => {
    doc.font("Helvetica").fontSize(SIZE.cell).fillColor("#666666");
    textAt(doc, { text: String(page), x: MARGIN, y: bottom + 2, width: 40 });
    doc.font("Helvetica-Bold").fillColor("#000000");
    const lines = columns.some(({ label, width }) => doc.widthOfString(printable(label)) > width)
      ? HEAD.lines
      : 1;
    for (const { label, x, width } of columns) textAt(doc, { text: label, x, y, width, lines });
    y += (lines - 1) * HEAD.line + LINE;
    doc.moveTo(MARGIN, y - 3).lineTo(doc.page.width - MARGIN, y - 3).lineWidth(0.5).stroke();
    doc.font("Helvetica");
  };

  doc.font("Helvetica-Bold").fontSize(SIZE.title);
  textAt(doc, { text: table.title, x: MARGIN, y, width: doc.page.width - 2 * MARGIN });
  y += 2 * LINE;
  head();
  let rows = 0;
  for await (const batch of table.batches) {
    for (const cells of batch) {
      if (y + LINE > bottom) {
        doc.addPage();
        page++;
        y = MARGIN;
        head();
      }
      columns.forEach(({ kind, x, width }, at) => {
        const text = show(cells[at] ?? null, kind, table.wall);
        if (text !== "") textAt(doc, { text, x, y, width });
      });
      y += LINE;
      if (++rows % ROWS_A_TURN === 0) await nextTurn();
    }
    yield* written.splice(0);
  }
  doc.end();
  await ended.promise;
  yield* written.splice(0);
}

/** What is used of a PDFDocument; the package brings no types. */
interface Document {
  readonly page: { readonly width: number; readonly height: number };
  on(event: "data", listen: (chunk: Uint8Array) => void): void;
  on(event: "end", listen: () => void): void;
  addPage(): void;
  end(): void;
  font(name: string): this;
  fontSize(points: number): this;
  fillColor(color: string): this;
  moveTo(x: number, y: number): this;
  lineTo(x: number, y: number): this;
  lineWidth(points: number): this;
  stroke(): this;
  widthOfString(text: string): number;
  text(text: string, x: number, y: number, options: Readonly<Record<string, unknown>>): this;
}

async function beginDocument(title: string): Promise<Document> {
  const { default: Pdf } = await import("pdfkit");
  return new Pdf({
    size: "A4",
    layout: "landscape",
    margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: 0 },
    info: { Title: title },
  });
}

function layOut(columns: readonly TableColumn[], width: number) {
  const own = columns.map(({ kind }) => kind === "text" ? null : WIDE[kind]);
  const texts = own.filter((one) => one === null).length;
  const taken = own.reduce((sum: number, one) => sum + (one ?? 0), 0);
  const text = texts === 0 ? 0 : Math.max(LEAST_TEXT, (width - taken) / texts);
  // Of very many columns none has what it needs.
  const scale = Math.min(1, width / (taken + texts * text));
  let x = MARGIN;
  return columns.map((column, at) => {
    const wide = (own[at] ?? text) * scale;
    const placed = { ...column, x, width: wide - GAP };
    x += wide;
    return placed;
  });
}

interface Placed {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly lines?: number;
}

/** A rough width first: measuring each shorter form of a long text would cost more than the page. */
function textAt(doc: Document, { text, x, y, width, lines = 1 }: Placed): void {
  const most = Math.ceil(width / 2) * lines;
  const short = text.length > most ? text.slice(0, most) : text;
  // A line that just fits counts as one too many.
  const height = lines === 1 ? LINE : (lines + 1) * HEAD.line;
  doc.text(printable(short), x, y, { width, height, ellipsis: true });
}

// deno-lint-ignore no-control-regex -- these are the characters that are taken out
const CONTROL = /[\u0000-\u001f\u007f]+/g;
const FOREIGN = /[^\u0020-\u007e\u00a0-\u00ff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/gu;

function printable(text: string): string {
  return text.replace(CONTROL, " ").replace(FOREIGN, "?");
}

function show(value: Cell, kind: CellKind, wall: Table["wall"]): string {
  if (value === null) return "";
  if (typeof value === "boolean") return value ? "x" : "";
  if (typeof value === "string") return value;
  if (kind === "time") return new Date(wall(value)).toISOString().slice(0, 16).replace("T", " ");
  if (kind === "duration") return clock(value);
  return String(value);
}

/** `h:mm:ss`. */
function clock(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
