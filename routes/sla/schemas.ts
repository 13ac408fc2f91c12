import { z } from "@hono/zod-openapi";
import {
  calendarChange,
  calendarInput,
  CLOCK_KINDS,
  CLOCK_STATES,
  measureInput,
  policyChange,
  policyInput,
  SLA_PRIORITIES,
} from "../../lib/sla/schemas.ts";

const TIME = "2026-01-05T15:30:00.000Z";
const LATER = "2026-01-05T19:30:00.000Z";
const time = z.iso.datetime().openapi({ example: TIME });
const later = z.iso.datetime().nullable().openapi({ example: LATER });
const never = z.iso.datetime().nullable().openapi({ example: null });
const policyId = z.string().openapi({ example: "sla_01kabcdefghjkmnpqrstvwxyz0" });

const version = z.int().openapi({ example: 3, description: "Also the ETag, for If-Match" });

export const calendarBody = calendarInput.meta({ id: "CalendarInput" });
export const calendarChangeBody = calendarChange.meta({ id: "CalendarChange" });
export const measureBody = measureInput.meta({ id: "CalendarQuestion" });
export const policyBody = policyInput.meta({ id: "SlaPolicyInput" });
export const policyChangeBody = policyChange.meta({ id: "SlaPolicyChange" });

export const calendarSchema = z.object({
  id: z.string().openapi({ example: "bcl_01kabcdefghjkmnpqrstvwxyz0" }),
  ...calendarInput.shape,
  default: z.boolean().openapi({
    example: false,
    description: "The business's own hours, which change with its configuration",
  }),
  version,
  created_at: time,
  updated_at: time,
}).openapi("Calendar");

export const measuredSchema = z.object({
  open: z.boolean().openapi({ example: true }),
  next_opening: z.iso.datetime().nullable().openapi({
    example: TIME,
    description: "The given time itself when open; null: not within 400 days",
  }),
  at: z.iso.datetime().nullable().openapi({
    example: LATER,
    description: "When the minutes will have gone by, or had to begin; null: not within ten years",
  }),
  minutes_between: z.number().int().nullable().openapi({
    example: 540,
    description: "Business minutes from one time to the other, whole ones; negative when to is the earlier",
  }),
}).openapi("CalendarAnswer");

export const policySchema = z.object({
  id: policyId,
  ...policyInput.shape,
  version,
  created_at: time,
  updated_at: time,
}).openapi("SlaPolicy");

export const clockSchema = z.object({
  id: z.string().openapi({ example: "clk_01kabcdefghjkmnpqrstvwxyz0" }),
  ticket_id: z.string().openapi({ example: "tkt_01kabcdefghjkmnpqrstvwxyz0" }),
  clock: z.enum(CLOCK_KINDS).openapi({ example: "first_response" }),
  policy_id: policyId,
  priority: z.enum(SLA_PRIORITIES).openapi({ example: "normal" }),
  state: z.enum(CLOCK_STATES).openapi({ example: "running" }),
  target_minutes: z.number().nullable().openapi({ example: 240 }),
  counted_minutes: z.number().openapi({
    example: 12.5,
    description: "Up to `running_since`, or in all when it does not run",
  }),
  running_since: z.iso.datetime().nullable().openapi({ example: TIME }),
  warn_at: later,
  due_at: later,
  warned_at: never,
  breached_at: never,
  ended_at: never,
  created_at: time,
}).openapi("SlaClock");
