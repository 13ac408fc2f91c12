import { z } from "@hono/zod-openapi";
import { time } from "../auth/schemas.ts";
import { contract, jsonAnswer } from "../router.ts";

const tags = ["AI"];

const count = (example: number) => z.number().int().openapi({ example });
const totals = {
  calls: count(120),
  failed: count(2),
  input_tokens: count(48_000),
  output_tokens: count(9_500),
};

export const usageSchema = z.object({
  from: time,
  to: time,
  totals: z.object(totals),
  by_day: z.array(z.object({ day: z.string().openapi({ example: "2026-12-01" }), ...totals })),
  by_model: z.array(z.object({
    provider: z.string().openapi({ example: "openai" }),
    model: z.string().openapi({ example: "gpt-4o-mini" }),
    average_ms: count(840),
    ...totals,
  })),
  by_purpose: z.array(z.object({ purpose: z.string().openapi({ example: "answer" }), ...totals })),
  today: z.object({
    calls: count(12),
    tokens: count(5200),
    max_calls: count(1000),
    max_tokens: count(1_000_000),
    allowed: z.boolean().openapi({ example: true, description: "False: bots answer from knowledge alone" }),
  }),
}).openapi("AiUsage");

const moment = z.iso.datetime({ offset: true });

export const usageRoute = contract({
  method: "get",
  path: "/api/ai/usage",
  operationId: "aiUsage",
  summary:
    "What the workspace's language models were asked, by day, model and purpose, and what is left of today",
  tags,
  scope: "usage:read",
  request: {
    query: z.object({
      from: moment.optional().openapi({
        example: "2026-11-01T00:00:00Z",
        description: "Default: 30 days before the end",
      }),
      to: moment.optional().openapi({ example: "2026-12-01T00:00:00Z", description: "Default: now" }),
    }),
  },
  responses: { 200: jsonAnswer(usageSchema, "The figures; a year at most") },
});
