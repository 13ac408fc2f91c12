import { z } from "zod";
import { PHOTO_MOMENTS, VISIT_STATES } from "../../db/schema/visits.ts";
import { filledText, idField, instantField, text } from "../kernel/fields.ts";

export { PHOTO_MOMENTS, VISIT_STATES };

const optionalText = (max: number) => text(max).transform((value) => value === "" ? null : value).nullable();
/** A time that exists, with its offset: 31 February and 25:00 are none. */
const time = instantField;
const minutes = z.int().min(5).max(24 * 60);

const fields = {
  subject: filledText(200).meta({ example: "Mantenimiento del horno" }),
  instructions: optionalText(4000).meta({ example: "Llevar la pieza 7-B." }),
  client_id: idField("cli_01kabcdefghjkmnpqrstvwxyz0").nullable(),
  contact_id: idField("con_01kabcdefghjkmnpqrstvwxyz0").nullable().meta({
    description: "Who is told and confirms",
  }),
  site_id: idField("sit_01kabcdefghjkmnpqrstvwxyz0").nullable(),
  ticket_id: idField("tkt_01kabcdefghjkmnpqrstvwxyz0").nullable(),
  address: optionalText(400).meta({
    example: "Av. Juárez 101, Centro",
    description: "Where no site is named",
  }),
};

const when = {
  starts_at: time.meta({ example: "2026-12-01T15:00:00Z" }),
  minutes: minutes.meta({ example: 60, description: "How long it takes; default: the settings'" }),
  operator_id: idField("opr_01kabcdefghjkmnpqrstvwxyz0"),
  team_id: idField("tea_01kabcdefghjkmnpqrstvwxyz0").meta({
    description:
      "Where no operator is named: whoever of the team (without one: of all) is free and has least to do that day",
  }),
  anyway: z.boolean().meta({
    example: false,
    description:
      "Also outside of shifts, of the site's hours, on a holiday, over what the operator's own calendar has, or " +
      "without time to get there; never over another visit",
  }),
};

export const newVisit = z.object({
  ...fields,
  instructions: fields.instructions.default(null),
  client_id: fields.client_id.default(null).meta({
    description: "Default: the site's, the contact's or the ticket's",
  }),
  contact_id: fields.contact_id.default(null).meta({
    description: "Who is told and confirms. Default: the ticket's, or the client's only one",
  }),
  site_id: fields.site_id.default(null),
  ticket_id: fields.ticket_id.default(null),
  address: fields.address.default(null),
  starts_at: when.starts_at.optional().meta({
    description: "Left out: only asked for, to be scheduled later",
  }),
  minutes: when.minutes.optional(),
  operator_id: when.operator_id.optional(),
  team_id: when.team_id.optional(),
  anyway: when.anyway.default(false),
});
export type NewVisit = z.input<typeof newVisit>;

export const visitChange = z.object({
  ...fields,
  starts_at: when.starts_at,
  minutes: when.minutes,
  operator_id: when.operator_id,
  anyway: when.anyway,
}).partial();
export type VisitChange = z.input<typeof visitChange>;

export const scheduleInput = z.object({
  starts_at: when.starts_at,
  minutes: when.minutes.optional(),
  operator_id: when.operator_id.optional().meta({ description: "Default: who has it" }),
  team_id: when.team_id.optional(),
  anyway: when.anyway.default(false),
});
export type ScheduleInput = z.input<typeof scheduleInput>;

export const cancelInput = z.object({
  reason: filledText(500).meta({ example: "El cliente no estará" }),
});

/** What the client answers by the link. */
export const linkAnswer = z.object({ action: z.enum(["confirm", "cancel"]).meta({ example: "confirm" }) });

export const checkInput = z.object({
  note: optionalText(4000).default(null).meta({ example: "Se cambió la resistencia." }),
  latitude: z.number().min(-90).max(90).nullable().default(null).meta({ example: 25.6714 }),
  longitude: z.number().min(-180).max(180).nullable().default(null).meta({ example: -100.3094 }),
}).refine(({ latitude, longitude }) => (latitude === null) === (longitude === null), {
  message: "needs latitude and longitude, or neither",
  path: ["longitude"],
});
export type CheckInput = z.input<typeof checkInput>;

export const visitQuery = z.object({
  state: z.enum(VISIT_STATES).optional().meta({ example: "scheduled" }),
  operator_id: z.string().max(64).optional().meta({
    example: "opr_01kabcdefghjkmnpqrstvwxyz0",
    description: "An operator, or none: nobody makes it yet",
  }),
  client_id: z.string().max(64).optional().meta({ example: "cli_01kabcdefghjkmnpqrstvwxyz0" }),
  contact_id: z.string().max(64).optional().meta({ example: "con_01kabcdefghjkmnpqrstvwxyz0" }),
  site_id: z.string().max(64).optional().meta({ example: "sit_01kabcdefghjkmnpqrstvwxyz0" }),
  ticket_id: z.string().max(64).optional().meta({ example: "tkt_01kabcdefghjkmnpqrstvwxyz0" }),
  from: time.optional().meta({ example: "2026-12-01T00:00:00Z", description: "Begins at or after" }),
  to: time.optional().meta({ example: "2026-12-08T00:00:00Z", description: "Begins before" }),
  sort: z.enum(["created_at", "starts_at"]).default("created_at").meta({
    example: "starts_at",
    description: "created_at: the newest first; starts_at: those that have a time, the earliest first",
  }),
});

const MOST_DAYS = 62;

export const slotsQuery = z.object({
  operator_id: z.string().max(64).optional().meta({ example: "opr_01kabcdefghjkmnpqrstvwxyz0" }),
  team_id: z.string().max(64).optional().meta({ example: "tea_01kabcdefghjkmnpqrstvwxyz0" }),
  site_id: z.string().max(64).optional().meta({ example: "sit_01kabcdefghjkmnpqrstvwxyz0" }),
  from: time.optional().meta({ example: "2026-12-01T00:00:00Z", description: "Default: now" }),
  to: time.optional().meta({ example: "2026-12-08T00:00:00Z", description: "Default: a week after from" }),
  minutes: z.coerce.number().int().min(5).max(24 * 60).optional().meta({ example: 60 }),
  limit: z.coerce.number().int().min(1).max(500).default(50).meta({ example: 50 }),
}).superRefine(({ from, to }, ctx) => {
  if (from === undefined || to === undefined) return;
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  if (days <= 0) ctx.addIssue({ code: "custom", path: ["to"], message: "must be after from" });
  if (days > MOST_DAYS) {
    ctx.addIssue({ code: "custom", path: ["to"], message: `at most ${MOST_DAYS} days after from` });
  }
});
export type SlotsQuery = z.input<typeof slotsQuery>;

const reminders = z.array(z.int().min(5).max(30 * 24 * 60)).max(5)
  .transform((all) => [...new Set(all)].sort((a, b) => b - a));

const settingsFields = {
  default_minutes: minutes.meta({ example: 60 }),
  slot_minutes: z.int().min(5).max(240).meta({
    example: 30,
    description: "Slots begin at multiples of it on the operator's clock",
  }),
  travel_minutes: z.int().min(0).max(480).meta({
    example: 30,
    description: "Between visits at different places, where the distance is not known",
  }),
  speed_kmh: z.int().min(5).max(200).nullable().meta({
    example: 30,
    description:
      "With the positions of both sites known, the way takes the distance at this speed; null: never",
  }),
  on_holidays: z.boolean().meta({
    example: false,
    description: "Visits are made on the business's holidays as on other days",
  }),
  remind_client_minutes: reminders.meta({ example: [1440, 120], description: "So long before" }),
  remind_operator_minutes: reminders.meta({ example: [60] }),
};

export const visitSettingsChange = z.object(settingsFields).partial();
export type VisitSettingsChange = z.input<typeof visitSettingsChange>;

export const visitSettingsSchema = z.object({
  default_minutes: settingsFields.default_minutes.default(60),
  slot_minutes: settingsFields.slot_minutes.default(30),
  travel_minutes: settingsFields.travel_minutes.default(30),
  speed_kmh: settingsFields.speed_kmh.default(null),
  on_holidays: settingsFields.on_holidays.default(false),
  remind_client_minutes: settingsFields.remind_client_minutes.default([1440, 120]),
  remind_operator_minutes: settingsFields.remind_operator_minutes.default([60]),
});
export type VisitSettings = z.output<typeof visitSettingsSchema>;
