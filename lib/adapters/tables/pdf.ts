import { nextTurn } from "../../kernel/clock.ts";
import type { Cell, CellKind, Table, TableColumn } from "../../ports/tables.ts";

const MARGIN = 36;
const LINE = 13;
const GAP = 4;
const SIZE = { title: 14, cell: 8 } as const;
/** How the width of a page is shared out. */
const SHARE = { text: 3, number: 1.2, time: 1.9, duration: 1.2, flag: 0.8 } as const satisfies Record<
  CellKind,
  number
>;
/** Rows after which others get their turn: laying out a line takes a tenth of a millisecond. */
const ROWS_A_TURN = 50;

/**
 * A PDF on A4 across, a line a row (what is too long is cut), the head on each page. The fonts are the standard ones
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
    for (const { label, x, width } of columns) textAt(doc, { text: label, x, y, width });
    doc.moveTo(MARGIN, y + LINE - 3).lineTo(doc.page.width - MARGIN, y + LINE - 3).lineWidth(0.5).stroke();
    doc.font("Helvetica");
    y += LINE;
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
  const shares = columns.reduce((sum, { kind }) => sum + SHARE[kind], 0);
  let x = MARGIN;
  return columns.map((column) => {
    const own = width * SHARE[column.kind] / shares;
    const placed = { ...column, x, width: own - GAP };
    x += own;
    return placed;
  });
}

/** A rough width first: measuring each shorter form of a long text would cost more than the page. */
function textAt(
  doc: Document,
  { text, x, y, width }: { text: string; x: number; y: number; width: number },
): void {
  const most = Math.ceil(width / 2);
  const short = text.length > most ? text.slice(0, most) : text;
  doc.text(printable(short), x, y, { width, height: LINE, ellipsis: true });
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
