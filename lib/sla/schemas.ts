import { z } from "zod";
import { DAY } from "../kernel/clock.ts";
import { CLOCK_KINDS, CLOCK_STATES, SLA_PRIORITIES } from "../../db/schema/sla.ts";
import { calendarFields } from "../business-time/schemas.ts";
import { filledText, text } from "../kernel/fields.ts";

export {
  CLOCK_KINDS,
  CLOCK_STATES,
  type ClockKind,
  type ClockState,
  SLA_PRIORITIES,
  type SlaPriority,
} from "../../db/schema/sla.ts";

export const calendarInput = z.object({
  name: filledText(120).meta({ example: "Soporte nocturno" }),
  timezone: calendarFields.timezone.meta({ example: "America/Monterrey" }),
  hours: calendarFields.hours.meta({
    example: { monday: [{ from: "09:00", to: "14:00" }, { from: "16:00", to: "20:00" }] },
    description:
      "Shifts by weekday; one may end on the next day. null: always open. A day that is left out is closed",
  }),
  holidays: calendarFields.holidays.default([]).meta({
    example: [{ date: "2026-12-25", name: "Navidad", yearly: true }],
    description: "Days with other hours; without `hours` closed",
  }),
});
export type CalendarInput = z.input<typeof calendarInput>;

/** A change: what is left out stays as it is. */
export const calendarChange = z.object({
  ...calendarInput.shape,
  holidays: calendarInput.shape.holidays.unwrap(),
}).partial();
export type CalendarChange = z.input<typeof calendarChange>;

export const measureInput = z.object({
  from: z.iso.datetime({ offset: true }).meta({ example: "2026-01-05T15:30:00.000Z" }),
  minutes: z.int().min(-525_600).max(525_600).default(0).meta({
    example: 240,
    description: "Business minutes to go forward, or back when negative",
  }),
  to: z.iso.datetime({ offset: true }).optional().meta({
    example: "2026-01-06T15:30:00.000Z",
    description: "How many business minutes lie between from and this time",
  }),
}).refine(({ from, to }) => to === undefined || Math.abs(Date.parse(to) - Date.parse(from)) <= 3660 * DAY, {
  message: "must be within ten years of from",
  path: ["to"],
});
export type MeasureInput = z.output<typeof measureInput>;

/** A year of minutes: longer promises are none. */
const minutes = z.int().min(1).max(525_600).nullable();
const byPriority = z.object({
  low: minutes.optional().meta({ example: 960 }),
  normal: minutes.optional().meta({ example: 480 }),
  high: minutes.optional().meta({ example: 120 }),
  urgent: minutes.optional().meta({ example: 30 }),
});

const targets = z.object({
  first_response: byPriority.optional(),
  next_response: byPriority.optional(),
  resolution: byPriority.optional(),
}).refine(
  (all) =>
    CLOCK_KINDS.some((kind) => SLA_PRIORITIES.some((priority) => typeof all[kind]?.[priority] === "number")),
  "must promise something",
).meta({
  example: { first_response: { normal: 240, urgent: 30 }, resolution: { normal: 1920, urgent: 240 } },
  description: "Minutes by promise and priority; what is left out is not promised",
});

const warn = z.union([
  z.strictObject({ percent: z.number().min(1).max(99).meta({ example: 80 }) }),
  z.strictObject({ minutes: z.int().min(1).max(525_600).meta({ example: 15 }) }),
]).nullable().meta({
  example: { percent: 80 },
  description: "Warn after this share of the time, or so many minutes before it is over; null: never",
});

const fields = {
  name: filledText(120).meta({ example: "Oro" }),
  description: text(2000).meta({
    example: "Clientes con contrato Oro",
  }),
  counts: z.enum(["business", "wall"]).meta({
    example: "business",
    description: "Whether minutes are those of the calendar or all of them",
  }),
  calendar_id: z.string().min(1).max(64).nullable().meta({
    example: null,
    description: "null: the business's own hours",
  }),
  targets,
  warn,
  default: z.boolean().meta({ example: true, description: "Holds for tickets that name no policy" }),
};

export const policyInput = z.object({
  ...fields,
  description: fields.description.default(""),
  counts: fields.counts.default("business"),
  calendar_id: fields.calendar_id.default(null),
  warn: fields.warn.default({ percent: 80 }),
  default: fields.default.default(false),
});
export type PolicyInput = z.input<typeof policyInput>;

/** A change: what is left out stays as it is. */
export const policyChange = z.object(fields).partial();
export type PolicyChange = z.input<typeof policyChange>;

export const clockQuery = z.object({
  state: z.enum(CLOCK_STATES).optional().meta({
    example: "running",
    description: "Default: running, or of one ticket all",
  }),
  ticket_id: z.string().min(1).max(64).optional().meta({ example: "tkt_01kabcdefghjkmnpqrstvwxyz0" }),
});
