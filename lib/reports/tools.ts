import { z } from "zod";
import type { Ctx } from "../context.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { catalogue } from "./catalogue.ts";
import { deleteReport, getReport, listReports, requestReport } from "./generate.ts";
import { NAMED_REPORTS, type NamedReport, namedReport } from "./named.ts";
import { definitionSchema, FORMATS, LANGUAGES, periodFields } from "./schemas.ts";
import { anything, list } from "../kernel/tool-shapes.ts";

const recipients = z.array(z.email()).max(20).default([]).describe(
  "Mail addresses that get a link to the file",
);
const NAMES = Object.keys(NAMED_REPORTS) as [NamedReport, ...NamedReport[]];

/** What an agent, an operator at the command line or a workflow can do with reports. */
export const reportTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "reports.catalogue",
    summary: "What reports can be made of: datasets and their columns",
    scope: "reports:read",
    destructive: false,
    input: z.object({ language: z.enum(LANGUAGES).default("en") }),
    output: list,
    run: async (ctx: Ctx, { language }) => {
      const data = catalogue(ctx, { language }).map((entry) => ({ ...entry }));
      return await Promise.resolve({ data, next_cursor: null });
    },
  }),
  defineTool({
    name: "reports.generate",
    summary: "Asks for a report as a file and mails a link; reports.get tells when it is done",
    scope: "reports:write",
    destructive: false,
    input: definitionSchema.extend({
      name: z.string().min(1).max(120).optional().describe("How it is called in the list"),
      format: z.enum(FORMATS).default("xlsx"),
      recipients,
    }),
    output: anything,
    run: async (ctx: Ctx, { name, format, recipients, ...definition }) => ({
      ...await requestReport(ctx, { name, format, recipients, definition }),
    }),
  }),
  defineTool({
    name: "reports.named",
    summary: "Asks for one of the reports with a name as a file; reports.get tells when it is done",
    scope: "reports:write",
    destructive: false,
    input: z.object({
      name: z.enum(NAMES),
      format: z.enum(FORMATS).default("xlsx"),
      ...periodFields,
      language: z.enum(LANGUAGES).optional(),
      recipients,
    }),
    output: anything,
    run: async (ctx: Ctx, { name, format, recipients, ...query }) => ({
      ...await requestReport(ctx, { format, recipients, definition: namedReport(name, query) }),
    }),
  }),
  defineTool({
    name: "reports.get",
    summary: "How far a report is",
    scope: "reports:read",
    destructive: false,
    input: z.object({ report_id: z.string().describe("The report's id") }),
    output: anything,
    run: async (ctx: Ctx, { report_id }) => ({ ...await getReport(ctx, report_id) }),
  }),
  defineTool({
    name: "reports.remove",
    summary: "Deletes a report and its file",
    scope: "reports:write",
    destructive: true,
    input: z.object({ report_id: z.string().min(1).describe("The report's id") }),
    output: z.object({ removed: z.literal(true) }),
    run: async (ctx: Ctx, { report_id }) => {
      await deleteReport(ctx, report_id);
      return { removed: true as const };
    },
  }),
  defineTool({
    name: "reports.list",
    summary: "Reports that were asked for as files, the newest first",
    scope: "reports:read",
    destructive: false,
    input: z.object({ limit: z.int().min(1).max(200).default(50), cursor: z.string().optional() }),
    output: list,
    run: async (ctx: Ctx, query) => {
      const { data, next_cursor } = await listReports(ctx, query);
      return { data: data.map((view) => ({ ...view })), next_cursor };
    },
  }),
];
