import { z } from "zod";

export const page = z.object({ limit: z.int().min(1).max(200).default(50), cursor: z.string().optional() });
export const anything = z.record(z.string(), z.unknown());
export const list = z.object({ data: z.array(anything), next_cursor: z.string().nullable() });

/** A page of views as a tool gives it. */
export function rows(
  { data, next_cursor }: { data: readonly object[]; next_cursor: string | null },
): z.output<typeof list> {
  return { data: data.map((row) => ({ ...row })), next_cursor };
}
