import { z } from "zod";
import {
  COMMENT_VISIBILITIES,
  idField,
  labelField,
  LIMITS,
  line,
  priorityField,
  stateField,
} from "./schemas.ts";

const labels = z.array(labelField).min(1).max(LIMITS.labels).meta({ example: ["duplicado"] });

/** What macros, bulk changes and rules do to a ticket. */
export const ticketAction = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("set_state"),
    state: stateField,
    in_minutes: z.int().min(1).max(366 * 24 * 60).optional().meta({
      example: 60,
      description: "With scheduled: after how long it opens again",
    }),
  }).refine(({ state, in_minutes }) => (state === "scheduled") === (in_minutes !== undefined), {
    message: "goes with the state scheduled, and that with it",
    path: ["in_minutes"],
  }),
  z.object({ type: z.literal("set_priority"), priority: priorityField }),
  z.object({ type: z.literal("raise_priority") }),
  z.object({ type: z.literal("add_labels"), labels }),
  z.object({ type: z.literal("remove_labels"), labels }),
  z.object({
    type: z.literal("set_category"),
    category_id: idField.nullable().meta({ example: "tca_01kabcdefghjkmnpqrstvwxyz0" }),
  }),
  z.object({
    type: z.literal("set_team"),
    team_id: idField.nullable().meta({ example: "tea_01kabcdefghjkmnpqrstvwxyz0" }),
  }),
  z.object({
    type: z.literal("assign"),
    assignee_id: idField.nullable().meta({ example: "opr_01kabcdefghjkmnpqrstvwxyz0" }),
  }),
  z.object({ type: z.literal("assign_auto") }),
  z.object({
    type: z.literal("set_field"),
    key: z.string().max(64).meta({ example: "modelo" }),
    value: z.unknown().meta({ example: "AC-12" }),
  }),
  z.object({
    type: z.literal("comment"),
    text: line(LIMITS.comment).meta({
      example: "Es un duplicado.",
      description: "May ask for what is known, such as {{ticket.reference}} and {{ticket.fields.modelo}}",
    }),
    visibility: z.enum(COMMENT_VISIBILITIES).default("private"),
  }),
]).meta({ example: { type: "set_priority", priority: "high" } });
export type TicketAction = z.output<typeof ticketAction>;

/** Done in this order, all or none. */
export const actionList = z.array(ticketAction).min(1).max(20).meta({
  example: [{ type: "add_labels", labels: ["duplicado"] }, { type: "set_state", state: "resolved" }],
  description: "Done in this order, all or none",
});
