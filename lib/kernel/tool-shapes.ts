import { z } from "zod";
import { DEFAULT_LIMIT, MAX_LIMIT } from "./page.ts";

/** `limit` and `cursor` of a tool that lists. */
export const page = z.object({
  limit: z.int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT).describe("1 to 200"),
  cursor: z.string().optional().describe("next_cursor of the page before"),
});
/** A view, as a tool gives it. */
export const anything = z.record(z.string(), z.unknown());
/** A page of views. */
export const list = z.object({ data: z.array(anything), next_cursor: z.string().nullable() });

/** A page of a verb as a tool gives it. */
export function rows(
  { data, next_cursor }: { data: readonly object[]; next_cursor: string | null },
): z.output<typeof list> {
  return { data: data.map((row) => ({ ...row })), next_cursor };
}
