import { z } from "@hono/zod-openapi";
import { chartQuery, periodQuery } from "../../lib/dashboards/schemas.ts";
import type { ChartName } from "../../lib/dashboards/mod.ts";
import { signedIn } from "../live/contract.ts";
import { contract, jsonAnswer, problems } from "../router.ts";
import { chartSchema, gaugesSchema, overviewSchema } from "./schemas.ts";

const tags = ["Dashboards"];

const period = {
  from: periodQuery.shape.from.meta({ example: "2026-11-01" }),
  to: periodQuery.shape.to.meta({ example: "2026-11-30" }),
  range: periodQuery.shape.range.meta({ example: "week" }),
};

export const overviewRoute = contract({
  method: "get",
  path: "/api/dashboards/metrics",
  operationId: "dashboardMetrics",
  summary: "The main figures of a period, of the one before, and of this moment",
  tags,
  scope: "dashboards:read",
  request: { query: z.object(period) },
  responses: { 200: jsonAnswer(overviewSchema, "The figures") },
});

/** `GET /api/dashboards/charts/{name}`. */
export function chartRoute<N extends ChartName>(name: N) {
  return contract({
    method: "get",
    path: `/api/dashboards/charts/${name}`,
    operationId: `chart${name[0]?.toUpperCase()}${name.slice(1)}`,
    summary: `Figures on ${name} over time`,
    tags,
    scope: "dashboards:read",
    request: { query: z.object({ ...period, bucket: chartQuery.shape.bucket.meta({ example: "day" }) }) },
    responses: { 200: jsonAnswer(chartSchema, "The chart's data") },
  });
}

export const realTimeRoute = signedIn(contract({
  method: "get",
  path: "/api/dashboards/real-time",
  operationId: "dashboardRealTime",
  summary: "How things stand, live, as server-sent events",
  description:
    "`metrics` comes at once and after changes, once a second at the most; `beat` after 15 seconds of silence.",
  tags,
  scope: null,
  request: {
    query: z.object({
      ticket: z.string().max(200).optional().openapi({
        example: "n3J0w...",
        description: "Of `POST /api/live/tickets`, for browsers",
      }),
    }),
  },
  responses: {
    200: {
      description: "The stream; the data of `metrics`",
      content: { "text/event-stream": { schema: gaugesSchema } },
    },
    ...problems("unauthorized", "forbidden", "rate_limited", "busy"),
  },
}));
