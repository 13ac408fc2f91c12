import { notAtTheEdge } from "../../kernel/errors.ts";
import type { TableWriter } from "../../ports/tables.ts";

/** An isolate makes no PDF: the library wants fonts from a disk and more time than it has. */
// deno-lint-ignore require-yield -- it only refuses
export const refusePdf: TableWriter = async function* () {
  throw await Promise.resolve(notAtTheEdge("A report as PDF", "ask for xlsx or csv"));
};
