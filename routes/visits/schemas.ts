import { z } from "@hono/zod-openapi";
import { PHOTO_MOMENTS, VISIT_STATES } from "../../lib/visits/schemas.ts";
import { orNull } from "../router.ts";
import { fileField } from "../upload.ts";

const time = z.iso.datetime().openapi({ example: "2026-11-21T15:04:05.000Z" });
const timeOrNull = z.iso.datetime().nullable().openapi({ example: "2026-12-01T15:00:00.000Z" });
const textOrNull = (example: string | null) => z.string().nullable().openapi({ example });
const coordinate = (example: number) => z.number().nullable().openapi({ example });

const check = z.object({
  at: time,
  note: textOrNull("Se cambió la resistencia."),
  latitude: coordinate(25.6714),
  longitude: coordinate(-100.3094),
}).openapi("VisitCheck");

export const photoSchema = z.object({
  id: z.string().openapi({ example: "vph_01kabcdefghjkmnpqrstvwxyz0" }),
  moment: z.enum(PHOTO_MOMENTS).openapi({ example: "check_out" }),
  name: z.string().openapi({ example: "horno.jpg" }),
  content_type: z.string().openapi({ example: "image/jpeg" }),
  size: z.number().int().openapi({ example: 204800 }),
  created_at: time,
}).openapi("VisitPhoto");

export const visitSchema = z.object({
  id: z.string().openapi({ example: "vis_01kabcdefghjkmnpqrstvwxyz0" }),
  state: z.enum(VISIT_STATES).openapi({ example: "scheduled" }),
  subject: z.string().openapi({ example: "Mantenimiento del horno" }),
  instructions: textOrNull("Llevar la pieza 7-B."),
  operator_id: textOrNull("opr_01kabcdefghjkmnpqrstvwxyz0"),
  client_id: textOrNull("cli_01kabcdefghjkmnpqrstvwxyz0"),
  contact_id: textOrNull("con_01kabcdefghjkmnpqrstvwxyz0"),
  site_id: textOrNull("sit_01kabcdefghjkmnpqrstvwxyz0"),
  ticket_id: textOrNull(null),
  address: textOrNull(null),
  starts_at: timeOrNull,
  ends_at: timeOrNull,
  minutes: z.number().int().openapi({ example: 60 }),
  confirmed_at: timeOrNull,
  confirmed_by: textOrNull("client").openapi({ description: "client, or who confirmed for them" }),
  cancel_reason: textOrNull(null),
  check_in: orNull(check),
  check_out: orNull(check),
  photos: z.array(photoSchema),
  created_at: time,
  updated_at: time,
}).openapi("Visit");

export const visitDetailSchema = visitSchema.extend({
  steps: z.array(z.object({
    from: z.enum(VISIT_STATES).nullable().openapi({ example: "requested" }),
    to: z.enum(VISIT_STATES).openapi({ example: "scheduled" }),
    starts_at: timeOrNull,
    reason: textOrNull(null),
    actor_id: z.string().openapi({ example: "usr_01kabcdefghjkmnpqrstvwxyz0" }),
    at: time,
  })).openapi({ description: "Every state that it had, the first first" }),
}).openapi("VisitDetail");

export const slotSchema = z.object({
  operator_id: z.string().openapi({ example: "opr_01kabcdefghjkmnpqrstvwxyz0" }),
  starts_at: z.iso.datetime().openapi({ example: "2026-12-01T15:00:00.000Z" }),
  ends_at: z.iso.datetime().openapi({ example: "2026-12-01T16:00:00.000Z" }),
}).openapi("VisitSlot");

export const slotsSchema = z.object({
  data: z.array(slotSchema),
  unreadable_calendars: z.array(z.object({
    operator_id: z.string().openapi({ example: "opr_01kabcdefghjkmnpqrstvwxyz0" }),
    calendar_id: z.string().openapi({ example: "ccl_01kabcdefghjkmnpqrstvwxyz0" }),
    name: z.string().openapi({ example: "Calendario personal" }),
    read_at: z.iso.datetime().nullable().openapi({
      example: "2026-12-01T15:00:00.000Z",
      description: "Its busy times are as they were then; null: it was never read",
    }),
  })).openapi({
    description: "Operators' own calendars that could not be read: they may be busy at some of the times",
  }),
}).openapi("VisitSlots");

export const photoForm = z.object({
  file: fileField.openapi({ type: "string", format: "binary", example: "horno.jpg" }),
  moment: z.enum(PHOTO_MOMENTS).default("check_out").openapi({ example: "check_out" }),
});
