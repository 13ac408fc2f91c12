import { z } from "@hono/zod-openapi";
import {
  definitionSchema,
  FORMATS,
  LANGUAGES,
  periodFields,
  REPORT_STATES,
} from "../../lib/reports/schemas.ts";

export const format = z.enum(FORMATS).openapi({ example: "xlsx" });

const example = {
  dataset: "conversations",
  from: "2026-11-01",
  to: "2026-11-30",
  group_by: [{ column: "created_at", bucket: "day" }],
  measures: [{ fn: "count" }],
};
export const definition = definitionSchema.meta({
  id: "ReportDefinition",
  example,
  description:
    "Datasets and columns as in the catalogue. Times in filters are ISO 8601, days of the business's zone (the whole of one), or milliseconds since 1970; durations are milliseconds",
});

/** `?from=&to=&columns=a,b&language=&format=` of a named report. */
export const namedQuery = z.object({
  format: z.enum(FORMATS).default("json").openapi({ example: "xlsx" }),
  from: periodFields.from.meta({ example: "2026-11-01" }),
  to: periodFields.to.meta({ example: "2026-11-30" }),
  range: periodFields.range.meta({ example: "last_week" }),
  columns: z.string().max(2000).transform((list) => list.split(",").map((name) => name.trim())).optional()
    .openapi({ type: "string", example: "id,created_at,state" }),
  language: z.enum(LANGUAGES).optional().openapi({ example: "es" }),
});

const nullableTime = z.iso.datetime().nullable().openapi({ example: "2026-11-25T09:00:12.000Z" });

export const reportSchema = z.object({
  id: z.string().openapi({ example: "rep_01kabcdefghjkmnpqrstvwxyz0" }),
  name: z.string().openapi({ example: "Conversaciones" }),
  definition: z.record(z.string(), z.unknown()).openapi({ example }),
  format: z.string().openapi({ example: "xlsx" }),
  state: z.enum(REPORT_STATES).openapi({ example: "done" }),
  recipients: z.array(z.string()).openapi({ example: ["ana@example.com"] }),
  rows: z.number().int().nullable().openapi({ example: 1250 }),
  size: z.number().int().nullable().openapi({ example: 48213, description: "Bytes of the file" }),
  error: z.string().nullable().openapi({ example: null }),
  created_at: z.iso.datetime().openapi({ example: "2026-11-25T09:00:00.000Z" }),
  finished_at: nullableTime,
  expires_at: nullableTime,
}).openapi("Report");

export const catalogueSchema = z.object({
  data: z.array(z.object({
    dataset: z.string().openapi({ example: "conversations" }),
    title: z.string().openapi({ example: "Conversaciones" }),
    columns: z.array(z.object({
      name: z.string().openapi({ example: "created_at" }),
      label: z.string().openapi({ example: "Comenzó" }),
      kind: z.enum(["text", "number", "time", "duration", "flag"]).openapi({ example: "time" }),
    })),
    default_columns: z.array(z.string()).openapi({ example: ["id", "created_at", "state"] }),
  })),
  next_cursor: z.null(),
}).openapi("ReportCatalogue");

export const feedSchema = z.object({
  data: z.array(z.record(z.string(), z.unknown())).openapi({
    example: [{
      _id: "cnv_01kabcdefghjkmnpqrstvwxyz0",
      _changed_at: "2026-11-25T09:00:00.000Z",
      state: "bot",
    }],
  }),
  next_cursor: z.string().openapi({
    example: "WzE3NjQwNjEyMDAwMDAsImNudl8wMWsiXQ",
    description: "Keep it; the next call gives what changed since",
  }),
  has_more: z.boolean().openapi({ example: false }),
}).openapi("ReportFeed");

/** The stream of a report, in any of its formats. */
export const reportStream = {
  description: "The report. JSON is `{columns, data, next_cursor}`; times are ISO 8601, durations seconds",
  content: {
    "application/json": {
      schema: z.object({
        columns: z.array(z.object({ key: z.string(), label: z.string(), kind: z.string() })),
        data: z.array(z.record(z.string(), z.unknown())),
        next_cursor: z.null(),
      }).openapi("ReportRows", {
        example: {
          columns: [{ key: "state", label: "Estado", kind: "text" }],
          data: [{ state: "bot" }],
          next_cursor: null,
        },
      }),
    },
    "text/csv": { schema: z.string().openapi({ example: "Estado\r\nbot\r\n" }) },
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {
      schema: z.string().openapi({ format: "binary" }),
    },
    "application/pdf": { schema: z.string().openapi({ format: "binary" }) },
  },
} as const;
