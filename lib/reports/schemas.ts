import { z } from "zod";
import { momentSchema, RANGES } from "../business-time/mod.ts";
import { LANGUAGES } from "./dataset.ts";

export { REPORT_STATES, type ReportState } from "../../db/schema/reports.ts";
export { type Language, LANGUAGES } from "./dataset.ts";

export const FORMATS = ["json", "csv", "xlsx", "pdf"] as const;
export type Format = typeof FORMATS[number];

export const OPERATORS = [
  "eq",
  "ne",
  "in",
  "contains",
  "lt",
  "lte",
  "gt",
  "gte",
  "empty",
  "not_empty",
] as const;
export const MEASURES = ["count", "sum", "avg", "min", "max"] as const;
export const BUCKETS = ["hour", "day", "week", "month", "weekday", "hour_of_day"] as const;

const scalar = z.union([z.string().max(500), z.number(), z.boolean()]);
const column = z.string().min(1).max(60).meta({ example: "state" });

export const periodFields = {
  from: momentSchema.optional().meta({
    example: "2026-11-01",
    description: "First day or instant, in the business's zone",
  }),
  to: momentSchema.optional().meta({
    example: "2026-11-30",
    description: "Last day (included) or instant (excluded)",
  }),
  range: z.enum(RANGES).optional().describe("In place of from and to: days that move with the clock"),
};

/** What a report shows. Names of datasets and columns are checked against the catalogue. */
export const definitionSchema = z.object({
  dataset: z.string().min(1).max(60).meta({ example: "tickets" }),
  columns: z.array(column).min(1).max(60).optional().meta({ example: ["number", "state"] }),
  ...periodFields,
  filters: z.array(z.object({
    column,
    op: z.enum(OPERATORS).default("eq"),
    value: z.union([scalar, z.array(scalar).max(200)]).optional().meta({ example: "open" }),
  })).max(20).default([]),
  group_by: z.array(z.object({ column, bucket: z.enum(BUCKETS).optional() })).max(4).default([]),
  measures: z.array(z.object({ fn: z.enum(MEASURES), column: column.optional().meta({ example: "number" }) }))
    .max(10).default([]),
  language: z.enum(LANGUAGES).optional(),
});
export type Definition = z.output<typeof definitionSchema>;
export type Filter = Definition["filters"][number];
/** A filter as it is asked of the database: times are UTC milliseconds. */
export interface PlannedFilter extends Filter {
  /** The stretches that its times stand for; `to` excluded. */
  readonly spans?: readonly { readonly from: number; readonly to: number }[];
}
export type Grouping = Definition["group_by"][number];
export type Measure = Definition["measures"][number];
