/** Characters with which a spreadsheet begins a formula (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;
const QUOTED = /[",\r\n]/;

/**
 * One line of CSV (RFC 4180) with its line end. A text that a spreadsheet would run as a formula gets an apostrophe
 * before it; numbers are left alone.
 */
export function csvLine(cells: readonly (string | number | boolean | null)[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(value: string | number | boolean | null): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The cell as it was before `csvLine` wrote it. */
export function fromNeutral(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell;
}

/** One record of a CSV text. */
export interface CsvRecord {
  /** The line on which it begins; the first is 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** Its last cell opens a quote that never closes, so that it holds the rest of the text. */
  readonly unclosed?: true;
}

const DELIMITERS = [",", ";", "\t"] as const;

/** With which Excel is told what parts the cells; the line is no record. */
const SAYS_DELIMITER = /^sep=(.)\r?(?:\n|$)/i;

/**
 * Reads comma, semicolon or tab separated text (RFC 4180): what a first line `sep=;` says, else whichever of them
 * parts the first line most often. Quotes
 * may hold delimiters, line ends and doubled quotes. A quote that never closes holds the rest, and its
 * record says so; blank lines are no records.
 */
export function parseCsv(source: string): CsvRecord[] {
  const marked = source.replace(/^\ufeff/, "");
  const [says = "", said] = SAYS_DELIMITER.exec(marked) ?? [];
  const text = marked.slice(says.length);
  const delimiter = said ?? delimiterOf(text);
  const records: CsvRecord[] = [];
  let cells: string[] = [];
  let cell = "";
  let quoted = false;
  let line = says === "" ? 1 : 2;
  let begun = line;
  const endCell = () => {
    cells.push(cell.trim());
    cell = "";
  };
  const endRecord = () => {
    endCell();
    if (cells.some((one) => one !== "")) {
      records.push({ line: begun, cells, ...(quoted ? { unclosed: true } : {}) });
    }
    cells = [];
    begun = line;
  };
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === "\n" || (char === "\r" && text.charAt(at + 1) !== "\n")) line++;
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text.charAt(at + 1) === '"') cell += text.charAt(++at);
      else quoted = false;
    } else if (char === '"' && cell.trim() === "") {
      quoted = true;
      cell = "";
    } else if (char === delimiter) endCell();
    else if (char === "\n" || (char === "\r" && text.charAt(at + 1) !== "\n")) endRecord();
    else if (char !== "\r") cell += char;
  }
  endRecord();
  return records;
}

function delimiterOf(text: string): string {
  const firstLine = text.slice(0, text.search(/[\r\n]|$/));
  return DELIMITERS.reduce((best, mark) =>
    firstLine.split(mark).length > firstLine.split(best).length ? mark : best
  );
}
