import { z } from "@hono/zod-openapi";
import { TICKET_PRIORITIES, TICKET_STATES } from "../../lib/tickets/schemas.ts";
import { orNull } from "../router.ts";
import { cappedCount } from "./schemas.ts";

const time = (description: string) =>
  z.iso.datetime().openapi({ example: "2026-11-21T15:04:05.000Z", description });
const timeOrNull = (description: string) =>
  z.iso.datetime().nullable().openapi({ example: null, description });

export const assignmentSchema = z.object({
  ticket_id: z.string().openapi({ example: "tkt_01kabcdefghjkmnpqrstvwxyz0" }),
  assignee_id: z.string().nullable().openapi({ example: "opr_01kabcdefghjkmnpqrstvwxyz0" }),
  team_id: z.string().nullable().openapi({ example: null }),
  assignment: orNull(
    z.object({
      decision: z.enum(["given", "taken_away", "assigned", "held", "overflowed", "assigned_anyway"]).openapi({
        example: "assigned",
        description: "given: a person said who; held: nobody is free",
      }),
      operator_id: z.string().nullable().openapi({ example: "opr_01kabcdefghjkmnpqrstvwxyz0" }),
      team_id: z.string().nullable().openapi({ example: null }),
      by: z.string().openapi({ example: "assignment" }),
      at: time("When it was decided"),
      explanation: z.array(
        z.object({
          operator_id: z.string().openapi({ example: "opr_01kabcdefghjkmnpqrstvwxyz0" }),
          name: z.string().openapi({ example: "Ana" }),
          team_id: z.string().nullable().openapi({ example: null }),
          outcome: z.string().openapi({
            example: "chosen",
            description: "chosen, free, or what kept the operator from it",
          }),
          fit: z.number().nullable().openapi({ example: 0.9 }),
          load: z.number().int().openapi({ example: 2 }),
          capacity: z.number().int().openapi({ example: 5 }),
          waiting_since: time("Since when no work was given"),
        }),
      ).openapi({ description: "Those who were looked at, the chosen one first" }),
    }).openapi("TicketAssignment"),
  ),
}).openapi("TicketAssignmentOf");

export const watchersSchema = z.object({
  ticket_id: z.string().openapi({ example: "tkt_01kabcdefghjkmnpqrstvwxyz0" }),
  user_ids: z.array(z.string()).openapi({ example: ["usr_01kabcdefghjkmnpqrstvwxyz0"] }),
}).openapi("TicketWatchers");

export const linksSchema = z.object({
  data: z.array(
    z.object({
      kind: z.enum(["ticket", "conversation", "call", "visit"]).openapi({ example: "ticket" }),
      id: z.string().openapi({ example: "tkt_01kabcdefghjkmnpqrstvwxyz0" }),
      relation: z.string().openapi({ example: "related", description: "related, merged, split or follows" }),
      created_at: time("When it was linked"),
    }).openapi("TicketLink"),
  ),
}).openapi("TicketLinks");

export const bulkSchema = z.object({
  data: z.array(
    z.object({
      ticket_id: z.string().openapi({ example: "tkt_01kabcdefghjkmnpqrstvwxyz0" }),
      ok: z.boolean().openapi({ example: true }),
      version: z.number().int().nullable().openapi({ example: 4 }),
      problem: z.object({
        code: z.string().openapi({ example: "conflict" }),
        status: z.number().int().openapi({ example: 409 }),
        detail: z.string().openapi({ example: "The ticket is closed" }),
        errors: z.array(z.object({
          path: z.string().openapi({ example: "state" }),
          message: z.string().openapi({ example: "is not legal" }),
        })),
        allowed: z.array(z.string()).openapi({
          example: ["open", "resolved"],
          description: "What would be legal in its place, where that is known",
        }),
      }).nullable().openapi({ example: null }),
    }).openapi("BulkOutcome"),
  ),
}).openapi("BulkOutcomes");

const counts = <T extends string>(names: readonly T[], description: string) =>
  z.record(z.enum(names), cappedCount).openapi({
    example: Object.fromEntries(names.map((name) => [name, { count: 3, more: false }])),
    description,
  });

export const ticketStatsSchema = z.object({
  states: counts(TICKET_STATES, "By state"),
  priorities: counts(TICKET_PRIORITIES, "Live tickets by priority"),
  live: cappedCount,
  unassigned: cappedCount,
  overdue: cappedCount,
  opened_today: cappedCount,
  survey: z.object({
    answered: cappedCount,
    average: z.number().nullable().openapi({ example: 4.6, description: "1 to 5, of the last 30 days" }),
  }),
}).openapi("TicketStats");

export const ticketSurveySchema = z.object({
  ticket_id: z.string().openapi({ example: "tkt_01kabcdefghjkmnpqrstvwxyz0" }),
  sent_at: timeOrNull("When the customer was asked"),
  score: z.number().int().nullable().openapi({ example: 5, description: "1 bad to 5 very good" }),
  comment: z.string().nullable().openapi({ example: "Muy amables" }),
  answered_at: timeOrNull("When the customer answered"),
}).openapi("TicketSurvey");
