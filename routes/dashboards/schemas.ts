import { z } from "@hono/zod-openapi";
import { orNull } from "../router.ts";

const counts = z.record(z.string(), z.number().int());
const seconds = z.number().nullable().openapi({ example: 412.5 });
const time = z.iso.datetime().openapi({ example: "2026-11-25T09:00:00.000Z" });

export const gaugesSchema = z.object({
  at: time,
  tickets: z.object({
    live: z.number().int().openapi({ example: 42 }),
    by_state: counts.openapi({ example: { new: 5, open: 30, pending_customer: 7 } }),
    by_priority: counts.openapi({ example: { normal: 35, urgent: 7 } }),
    unassigned: z.number().int().openapi({ example: 5 }),
    overdue: z.number().int().openapi({ example: 2 }),
  }),
  operators: z.object({
    online: z.number().int().openapi({ example: 8 }),
    by_presence: counts.openapi({ example: { online: 8, away: 2 } }),
    load: z.number().int().openapi({ example: 37 }),
    capacity: z.number().int().openapi({ example: 60, description: "Of those who are online" }),
  }),
  conversations: orNull(counts).openapi({ example: { bot: 12, waiting: 1, human: 4, unread: 3 } }),
}).openapi("DashboardGauges");

const totals = z.object({
  counts: counts.openapi({ example: { tickets_opened: 120, tickets_resolved: 98, sla_breached: 3 } }),
  first_response_seconds: seconds,
  resolution_seconds: seconds,
  talk_seconds: seconds,
  csat: z.number().nullable().openapi({ example: 4.6, description: "1 to 5" }),
}).openapi("DashboardTotals");

export const overviewSchema = z.object({
  from: time,
  to: time,
  totals,
  previous: totals,
  now: gaugesSchema,
}).openapi("DashboardMetrics");

export const chartSchema = z.object({
  from: time,
  to: time,
  bucket: z.enum(["hour", "day", "week", "month"]).openapi({ example: "day" }),
  timezone: z.string().openapi({ example: "America/Monterrey" }),
  labels: z.array(z.string()).openapi({ example: ["2026-11-24", "2026-11-25"] }),
  series: z.array(z.object({
    name: z.string().openapi({ example: "opened" }),
    dimension: z.string().nullable().openapi({
      example: null,
      description: "An operator's id, a clock's name...",
    }),
    label: z.string().nullable().openapi({ example: null, description: "Of an operator: the name" }),
    values: z.array(z.number().nullable()).openapi({ example: [12, 31] }),
  })),
}).openapi("DashboardChart");
