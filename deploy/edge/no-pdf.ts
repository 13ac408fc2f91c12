/** Stands in for `unpdf` in the bundle: the reader is half a megabyte, compressed. */
import { notAtTheEdge } from "../../lib/kernel/errors.ts";

function refuse(): never {
  throw notAtTheEdge("Reading a PDF", "import it by deno task cauce knowledge import, or send its text");
}

export const getDocumentProxy = refuse;
export const extractText = refuse;
export const getMeta = refuse;
