import type { Definition } from "./schemas.ts";

type Shape = Pick<Definition, "dataset" | "columns" | "group_by" | "measures">;

/** Reports with a name of their own: a dataset as it is, or grouped in the way that is asked for most. */
export const NAMED_REPORTS = {
  conversations: { dataset: "conversations", group_by: [], measures: [] },
  tickets: { dataset: "tickets", group_by: [], measures: [] },
  calls: { dataset: "calls", group_by: [], measures: [] },
  visits: { dataset: "visits", group_by: [], measures: [] },
  /** How many promises of each kind were made and broken. */
  sla: {
    dataset: "sla",
    group_by: [{ column: "policy" }, { column: "promise" }, { column: "priority" }],
    measures: [
      { fn: "count" },
      { fn: "sum", column: "warned" },
      { fn: "sum", column: "breached" },
      { fn: "avg", column: "elapsed" },
    ],
  },
  /** What each operator had to do in the time, and how long it took. */
  operators: {
    dataset: "tickets",
    group_by: [{ column: "assignee_id" }, { column: "assignee" }],
    measures: [
      { fn: "count" },
      { fn: "sum", column: "resolved" },
      { fn: "sum", column: "reopens" },
      { fn: "avg", column: "first_response_time" },
      { fn: "avg", column: "resolution_time" },
    ],
  },
} as const satisfies Record<string, { [K in keyof Shape]: Readonly<Shape[K]> }>;

export type NamedReport = keyof typeof NAMED_REPORTS;

/** The definition of a named report. Chosen columns take the place of its own shape. */
export function namedReport(
  name: NamedReport,
  { columns, ...period }: Partial<Pick<Definition, "from" | "to" | "range" | "language" | "columns">>,
): Definition {
  const { dataset, group_by, measures } = NAMED_REPORTS[name];
  const shape = columns === undefined
    ? { group_by: [...group_by], measures: [...measures] }
    : { columns, group_by: [], measures: [] };
  return { dataset, filters: [], ...shape, ...period };
}
