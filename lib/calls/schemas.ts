import { z } from "zod";
import { CALL_DIRECTIONS, CALL_STATES } from "../../db/schema/calls.ts";
import type { FieldError } from "../kernel/errors.ts";
import { idField, instantField, text } from "../kernel/fields.ts";

export { CALL_DIRECTIONS, CALL_STATES };

const optionalText = (max: number) => text(max).transform((value) => value === "" ? null : value).nullable();
const time = instantField.meta({
  example: "2026-11-21T15:04:05Z",
});
const seconds = z.int().min(0).max(7 * 86_400);
/** Shown to operators as a link; nothing of ours ever opens it. */
const recordingUrl = z.url({ protocol: /^https?$/ }).max(2000);
const number = z.string().max(60);

/** What people add to a call. */
const fields = {
  operator_id: idField("opr_01kabcdefghjkmnpqrstvwxyz0").nullable(),
  client_id: idField("cli_01kabcdefghjkmnpqrstvwxyz0").nullable(),
  contact_id: idField("con_01kabcdefghjkmnpqrstvwxyz0").nullable(),
  ticket_id: idField("tkt_01kabcdefghjkmnpqrstvwxyz0").nullable(),
  outcome: optionalText(120).meta({ example: "Pidió factura" }),
  notes: optionalText(8000).meta({ example: "Llamará otra vez el lunes." }),
  recording_url: recordingUrl.nullable().meta({ example: "https://pbx.example/rec/1.mp3" }),
};

interface Times {
  readonly started_at: string;
  readonly answered_at?: string | null;
  readonly ended_at?: string | null;
  readonly duration_s?: number | undefined;
}

/** What of a call's times does not agree with the others. */
export function timeProblems({ started_at, answered_at = null, ended_at = null }: Times): FieldError[] {
  const begun = Date.parse(started_at);
  const answered = answered_at === null ? begun : Date.parse(answered_at);
  return [
    ...answered < begun ? [{ path: "answered_at", message: "is before started_at" }] : [],
    ...ended_at !== null && Date.parse(ended_at) < answered
      ? [{ path: "ended_at", message: "is before the call began" }]
      : [],
  ];
}

/** The end is said in one way. */
function checkEnd(
  { ended_at, duration_s }: { ended_at?: string | null | undefined; duration_s?: number | undefined },
  ctx: z.RefinementCtx,
): void {
  if (duration_s === undefined || typeof ended_at !== "string") return;
  ctx.addIssue({ code: "custom", path: ["duration_s"], message: "say ended_at or duration_s, not both" });
}

function checkTimes(call: Times, ctx: z.RefinementCtx): void {
  for (const { path, message } of timeProblems(call)) ctx.addIssue({ code: "custom", path: [path], message });
  checkEnd(call, ctx);
}

const times = {
  answered_at: time.nullable().meta({ description: "null: nobody answered" }),
  ended_at: time.nullable(),
  duration_s: seconds.meta({ example: 95, description: "Of talk, in place of ended_at" }),
};

const logged = z.object({
  ...fields,
  direction: z.enum(CALL_DIRECTIONS).meta({ example: "in" }),
  phone: number.nullable().default(null).meta({ example: "+52 81 1234 5678", description: "The other side" }),
  line: number.nullable().default(null).meta({ example: "101", description: "Our own number or extension" }),
  external_id: optionalText(120).default(null).meta({
    example: "pbx-8812",
    description: "The telephony system's id; the same one again changes the call",
  }),
  started_at: time,
  answered_at: times.answered_at.default(null),
  ended_at: times.ended_at.default(null),
  duration_s: times.duration_s.optional(),
  operator_id: fields.operator_id.default(null),
  client_id: fields.client_id.default(null).meta({ description: "Default: whose number it is" }),
  contact_id: fields.contact_id.default(null).meta({ description: "Default: whose number it is" }),
  ticket_id: fields.ticket_id.default(null),
  outcome: fields.outcome.default(null),
  notes: fields.notes.default(null),
  recording_url: fields.recording_url.default(null),
});
export const newCall = logged.superRefine(checkTimes);
export type NewCall = z.input<typeof newCall>;
export type LoggedCall = z.output<typeof newCall>;

export const callChange = z.object({ ...fields, ...times }).partial().superRefine(checkEnd);
export type CallChange = z.input<typeof callChange>;

export const callQuery = z.object({
  direction: z.enum(CALL_DIRECTIONS).optional().meta({ example: "in" }),
  state: z.enum(CALL_STATES).optional().meta({ example: "missed" }),
  operator_id: z.string().max(64).optional().meta({ example: "opr_01kabcdefghjkmnpqrstvwxyz0" }),
  client_id: z.string().max(64).optional().meta({ example: "cli_01kabcdefghjkmnpqrstvwxyz0" }),
  contact_id: z.string().max(64).optional().meta({ example: "con_01kabcdefghjkmnpqrstvwxyz0" }),
  ticket_id: z.string().max(64).optional().meta({ example: "tkt_01kabcdefghjkmnpqrstvwxyz0" }),
  phone: z.string().max(60).optional().meta({ example: "+528112345678" }),
  from: time.optional().meta({ description: "Began at or after" }),
  to: time.optional().meta({ description: "Began before" }),
});

export const callSettingsChange = z.object({
  country: z.string().regex(/^[1-9]\d{0,2}$/, "must be a calling code such as 52").nullable().optional().meta(
    {
      example: "52",
      description: "What numbers without a country are taken to be",
    },
  ),
  ticket_on_missed: z.boolean().optional().meta({
    example: true,
    description: "A missed call opens a ticket, or is added to that of the same number while it is open",
  }),
});
export type CallSettingsChange = z.input<typeof callSettingsChange>;

/** What a telephony system tells of a call: each event once or more often, in any order. */
export const callEvent = z.object({
  call_id: z.string().min(1).max(120).meta({ example: "pbx-8812" }),
  event: z.enum(["ringing", "answered", "ended"]).meta({ example: "ringing" }),
  at: time,
  direction: z.enum(CALL_DIRECTIONS).meta({ example: "in" }),
  from: number.nullable().default(null).meta({ example: "+528112345678" }),
  to: number.nullable().default(null).meta({ example: "+525599990000" }),
  /** Id, e-mail or phone (extension) of an operator. */
  operator: z.string().max(254).nullable().default(null).meta({ example: "ana@aurora.example" }),
  duration_s: seconds.optional().meta({
    example: 95,
    description: "With ended: seconds of talk; 0: nobody answered",
  }),
  outcome: fields.outcome.default(null),
  recording_url: fields.recording_url.default(null),
});
export type CallEvent = z.output<typeof callEvent>;
