import { z } from "zod";
import { BUSY_POLICIES, PRESENCES } from "../../db/schema/operators.ts";
import { calendarFields } from "../business-time/schemas.ts";
import { filledText, idField, languageTag } from "../kernel/fields.ts";

export { BUSY_POLICIES, PRESENCES };

/** Skills are compared in lower case. */
export const skillName = filledText(60).transform((name) => name.toLowerCase());

const skill = z.object({
  name: skillName.meta({ example: "cobros" }),
  level: z.int().min(1).max(5).default(3).meta({ example: 3, description: "1 knows it, 5 teaches it" }),
});

const skills = z.array(skill).max(50).refine(
  (all) => new Set(all.map(({ name }) => name)).size === all.length,
  "names a skill twice",
);
export const skillNames = z.array(skillName).max(50).meta({ example: ["cobros"] });

/** An operator may be reached at an extension of the telephony system, which tells of calls by it. */
const phone = z.string().max(40).regex(
  /^\+?(?:[\s().-]*\d){3,}[\s().-]*$/,
  "must be a phone number or an extension",
);

const email = z.email().max(254).transform((value) => value.toLowerCase());

const fields = {
  name: filledText(120).meta({ example: "Ana Ruiz" }),
  user_id: idField("usr_01kabcdefghjkmnpqrstvwxyz0").nullable().meta({
    description: "The member of the workspace who it is",
  }),
  email: email.nullable().meta({ example: "ana@aurora.example" }),
  phone: phone.nullable().meta({
    example: "+52 81 1234 5678",
    description: "A number, or the extension by which the telephony system tells of calls",
  }),
  skills: skills.meta({ example: [{ name: "cobros", level: 4 }] }),
  languages: z.array(languageTag).max(20).meta({ example: ["es", "en"] }),
  team_ids: z.array(idField("tea_01kabcdefghjkmnpqrstvwxyz0")).max(100).meta({
    example: ["tea_01kabcdefghjkmnpqrstvwxyz0"],
  }),
  capacity: z.int().min(0).max(1000).meta({ example: 5, description: "How much work at once" }),
  timezone: calendarFields.timezone.meta({ example: "America/Monterrey" }),
  hours: calendarFields.hours.meta({
    example: { monday: [{ from: "09:00", to: "14:00" }, { from: "16:00", to: "19:00" }] },
    description: "The shifts; null: always on shift",
  }),
  days_off: calendarFields.holidays.meta({ example: [{ date: "2026-12-25", name: "Navidad" }] }),
  active: z.boolean().meta({ example: true, description: "An inactive one gets no work" }),
};

export const newOperator = z.object({
  ...fields,
  user_id: fields.user_id.default(null),
  email: fields.email.default(null),
  phone: fields.phone.default(null),
  skills: fields.skills.default([]),
  languages: fields.languages.default([]),
  team_ids: fields.team_ids.default([]),
  capacity: fields.capacity.default(5),
  timezone: fields.timezone.default("UTC"),
  hours: fields.hours.default(null),
  days_off: fields.days_off.default([]),
  active: fields.active.default(true),
});
export type NewOperator = z.input<typeof newOperator>;

/** What is left out stays as it is. */
export const operatorChange = z.object(fields).partial();
export type OperatorChange = z.input<typeof operatorChange>;

export const presenceInput = z.object({
  presence: z.enum(PRESENCES).meta({ example: "online" }),
  for_minutes: z.int().min(1).max(1440).default(10).meta({
    example: 10,
    description: "Counts as offline after so long without another call",
  }),
});
export type PresenceInput = z.input<typeof presenceInput>;

const teamFields = {
  name: filledText(120).meta({ example: "Cobranza" }),
  skills: skillNames.meta({ description: "Asked of whoever takes its work" }),
  when_busy: z.enum(BUSY_POLICIES).meta({
    example: "hold",
    description: "When nobody is free: hold it, give it to overflow_team_id, or assign it anyway",
  }),
  overflow_team_id: idField("tea_01kabcdefghjkmnpqrstvwxyz1").nullable().meta({ example: null }),
  operator_ids: z.array(idField("opr_01kabcdefghjkmnpqrstvwxyz0")).max(1000).meta({
    example: ["opr_01kabcdefghjkmnpqrstvwxyz0"],
  }),
};

export const newTeam = z.object({
  ...teamFields,
  skills: teamFields.skills.default([]),
  when_busy: teamFields.when_busy.default("hold"),
  overflow_team_id: teamFields.overflow_team_id.default(null),
  operator_ids: teamFields.operator_ids.default([]),
});
export type NewTeam = z.input<typeof newTeam>;

export const teamChange = z.object(teamFields).partial();
export type TeamChange = z.input<typeof teamChange>;

export const operatorQuery = z.object({
  q: z.string().max(120).optional().meta({ example: "ana", description: "Beginning of a word of the name" }),
  team_id: z.string().max(64).optional().meta({ example: "tea_01kabcdefghjkmnpqrstvwxyz0" }),
  skill: z.string().max(60).optional().meta({ example: "cobros" }),
  presence: z.enum(PRESENCES).optional().meta({ example: "online" }),
});

/** What work asks for. */
export const workNeeds = z.object({
  skills: skillNames.default([]),
  language: languageTag.nullable().default(null).meta({ example: "es" }),
  priority: z.enum(["low", "normal", "high", "urgent"]).default("normal").meta({ example: "normal" }),
  exclude: z.array(idField("opr_01kabcdefghjkmnpqrstvwxyz0")).max(100).default([]).meta({ example: [] }),
});
export type WorkNeeds = z.output<typeof workNeeds>;
