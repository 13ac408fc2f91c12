import { z } from "zod";
import type { Ctx } from "../context.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { chart, type ChartName, CHARTS } from "./charts.ts";
import { overview } from "./overview.ts";
import { chartQuery, periodQuery } from "./schemas.ts";
import { anything } from "../kernel/tool-shapes.ts";

const NAMES = Object.keys(CHARTS) as [ChartName, ...ChartName[]];

/** What an agent, an operator at the command line or a workflow can ask of the figures. */
export const dashboardTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "dashboards.metrics",
    summary: "The main figures of a period, of the one before, and of this moment",
    scope: "dashboards:read",
    destructive: false,
    input: periodQuery,
    output: anything,
    run: async (ctx: Ctx, query) => ({ ...await overview(ctx, query) }),
  }),
  defineTool({
    name: "dashboards.chart",
    summary: "Figures over time: tickets, operators, SLA or conversations",
    scope: "dashboards:read",
    destructive: false,
    input: chartQuery.extend({ name: z.enum(NAMES) }),
    output: anything,
    run: async (ctx: Ctx, query) => ({ ...await chart(ctx, query) }),
  }),
];
