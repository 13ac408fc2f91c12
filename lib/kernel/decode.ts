import { invalid } from "./errors.ts";

/** How the files of Excel begin, of today (ZIP) and of old (OLE). */
const WORKBOOKS = ["504b0304", "d0cf11e0"];

/**
 * Text of a file whose encoding nobody said: UTF-8 or UTF-16 by their marks, else UTF-8, else each line as UTF-8 or
 * what Excel writes (Windows-1252). Throws 422 for a workbook.
 */
export function decodeText(bytes: Uint8Array): string {
  if (WORKBOOKS.includes(bytes.subarray(0, 4).toHex())) {
    throw invalid("file", "is a workbook or an archive, no text: save it as CSV");
  }
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe
    ? "utf-16le"
    : bytes[0] === 0xfe && bytes[1] === 0xff
    ? "utf-16be"
    : null;
  if (utf16 !== null) return new TextDecoder(utf16).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return byLine(bytes);
  }
}

const NEWLINE = 10;

/** Files that were put together from several hold lines of both. */
function byLine(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.byteLength;) {
    const found = bytes.indexOf(NEWLINE, at);
    const end = found === -1 ? bytes.byteLength : found + 1;
    lines.push(lineOf(bytes.subarray(at, end)));
    at = end;
  }
  return lines.join("");
}

function lineOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
