import { Zip, ZipDeflate } from "fflate";
import { DAY } from "../../kernel/clock.ts";
import type { Cell, CellKind, Table } from "../../ports/tables.ts";

/** Excel's bounds: rows of a sheet, characters of a cell. */
const SHEET_ROWS = 1_048_576;
const CELL_LENGTH = 32_767;
/** Days from Excel's day 0 to 1970-01-01. */
const EPOCH_DAYS = 25_569;

/** Indexes into `cellXfs` of STYLES. */
const STYLE = { plain: 0, head: 1, time: 2, duration: 3 } as const;
const WIDTH = { text: 28, number: 12, time: 18, duration: 12, flag: 8 } as const satisfies Record<
  CellKind,
  number
>;

const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml";
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

const STYLES =
  `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/>` +
  `<numFmt numFmtId="165" formatCode="[h]:mm:ss"/></numFmts>` +
  `<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
  `<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
  `<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf xfId="0"/>` +
  `<xf xfId="0" fontId="1" applyFont="1"/><xf xfId="0" numFmtId="164" applyNumberFormat="1"/>` +
  `<xf xfId="0" numFmtId="165" applyNumberFormat="1"/></cellXfs>` +
  `<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;

const encoder = new TextEncoder();

/**
 * A workbook (ECMA-376, SpreadsheetML), written as its rows come: text in place, times as dates of the reader's
 * zone, durations as hours. What does not fit on one sheet goes on to the next.
 */
export async function* writeXlsx(table: Table): AsyncGenerator<Uint8Array> {
  const written: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    written.push(chunk);
  });
  const begin = (name: string) => {
    const entry = new ZipDeflate(name, { level: 3 });
    zip.add(entry);
    return (text: string, last = false) => entry.push(encoder.encode(text), last);
  };
  const whole = (name: string, text: string) => begin(name)(XML + text, true);

  let sheets = 0;
  let row = 0;
  let put = begin("xl/worksheets/sheet1.xml");
  const open = () => {
    sheets++;
    row = 1;
    put(sheetHead(table) + rowXml(1, table.columns.map(({ label }) => textCell(label, STYLE.head))));
  };
  const close = () => put("</sheetData></worksheet>", true);

  open();
  for await (const batch of table.batches) {
    let xml = "";
    for (const cells of batch) {
      if (row === SHEET_ROWS) {
        put(xml);
        xml = "";
        close();
        put = begin(`xl/worksheets/sheet${sheets + 1}.xml`);
        open();
      }
      row++;
      xml += rowXml(row, table.columns.map(({ kind }, at) => cellXml(cells[at] ?? null, kind, table.wall)));
    }
    put(xml);
    yield* written.splice(0);
  }
  close();

  const numbers = Array.from({ length: sheets }, (_, at) => at + 1);
  whole("xl/styles.xml", STYLES.slice(XML.length));
  whole("xl/workbook.xml", workbook(table.title, numbers));
  whole("xl/_rels/workbook.xml.rels", workbookRelations(numbers));
  whole(
    "_rels/.rels",
    `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  );
  whole("[Content_Types].xml", contentTypes(numbers));
  zip.end();
  yield* written.splice(0);
}

function sheetHead({ columns }: Table): string {
  const cols = columns.map(({ kind }, at) =>
    `<col min="${at + 1}" max="${at + 1}" width="${WIDTH[kind]}" customWidth="1"/>`
  );
  return `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0">` +
    `<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>` +
    `<cols>${cols.join("")}</cols><sheetData>`;
}

function rowXml(number: number, cells: readonly string[]): string {
  return `<row r="${number}">${cells.join("")}</row>`;
}

function cellXml(value: Cell, kind: CellKind, wall: Table["wall"]): string {
  if (value === null) return "<c/>";
  if (typeof value === "boolean") return `<c t="b"><v>${value ? 1 : 0}</v></c>`;
  if (typeof value === "string") return textCell(value, STYLE.plain);
  if (!Number.isFinite(value)) return "<c/>";
  if (kind === "time") return `<c s="${STYLE.time}"><v>${wall(value) / DAY + EPOCH_DAYS}</v></c>`;
  if (kind === "duration") return `<c s="${STYLE.duration}"><v>${value / DAY}</v></c>`;
  return `<c><v>${value}</v></c>`;
}

function textCell(text: string, style: number): string {
  return `<c t="inlineStr" s="${style}"><is><t xml:space="preserve">${
    escapeXml(text.slice(0, CELL_LENGTH))
  }</t></is></c>`;
}

/** What XML 1.0 can't hold at all. */
// deno-lint-ignore no-control-regex -- these are the characters that are taken out
const UNSPEAKABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
const MARKUP = /[&<>"]/g;
const ENTITY: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escapeXml(text: string): string {
  return text.toWellFormed().replace(UNSPEAKABLE, "").replace(MARKUP, (char) => ENTITY[char] ?? char);
}

/** Excel takes 31 characters without `[]:*?/\` for a sheet's name. */
function sheetName(title: string, number: number): string {
  const clean = title.replace(/[[\]:*?/\\']/g, " ").trim().slice(0, 26) || "Cauce";
  return number === 1 ? clean : `${clean} ${number}`;
}

function workbook(title: string, numbers: readonly number[]): string {
  const sheets = numbers.map((number) =>
    `<sheet name="${escapeXml(sheetName(title, number))}" sheetId="${number}" r:id="rId${number}"/>`
  );
  return `<workbook xmlns="${MAIN}" xmlns:r="${DOCUMENT}"><sheets>${sheets.join("")}</sheets></workbook>`;
}

function workbookRelations(numbers: readonly number[]): string {
  const sheets = numbers.map((number) =>
    `<Relationship Id="rId${number}" Type="${DOCUMENT}/worksheet" Target="worksheets/sheet${number}.xml"/>`
  );
  return `<Relationships xmlns="${PACKAGE}/relationships">${sheets.join("")}` +
    `<Relationship Id="rId0" Type="${DOCUMENT}/styles" Target="styles.xml"/></Relationships>`;
}

function contentTypes(numbers: readonly number[]): string {
  const sheets = numbers.map((number) =>
    `<Override PartName="/xl/worksheets/sheet${number}.xml" ContentType="${TYPE}.worksheet+xml"/>`
  );
  return `<Types xmlns="${PACKAGE}/content-types">` +
    `<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
    `<Default Extension="xml" ContentType="application/xml"/>` +
    `<Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/>` +
    `<Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/>${sheets.join("")}</Types>`;
}
