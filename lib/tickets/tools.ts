import { z } from "zod";
import type { Ctx } from "../context.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { bulkChange, changeMany } from "./bulk.ts";
import { commentTicket } from "./comment.ts";
import { assignTicket, explainAssignment } from "./explain.ts";
import { mergeInput, mergeTicket, splitInput, splitTicket } from "./merge.ts";
import { ticketStats } from "./stats.ts";
import { getTicket, listComments } from "./get.ts";
import { listTickets } from "./list.ts";
import { openTicket } from "./open.ts";
import { idField, newComment, newTicket, ticketChange, ticketFilter } from "./schemas.ts";
import { deskTools } from "./tools-desk.ts";
import { presetTools } from "./tools-presets.ts";
import { updateTicket } from "./update.ts";
import { anything, page } from "../kernel/tool-shapes.ts";

const one = z.object({ ticket_id: idField.describe("The ticket's id, such as tkt_01k...") });

/** A view is a plain object; tools show it as one. */
function shown(view: object): Record<string, unknown> {
  return { ...view };
}

/** What an agent, an operator at the command line or a workflow can do with tickets. */
export const ticketTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "tickets.open",
    summary: "Opens a ticket",
    scope: "tickets:write",
    destructive: false,
    input: newTicket,
    output: anything,
    run: async (ctx: Ctx, input) => shown(await openTicket(ctx, input)),
  }),
  defineTool({
    name: "tickets.list",
    summary: "Lists, filters and searches tickets, the newest first",
    scope: "tickets:read",
    destructive: false,
    input: ticketFilter.extend(page.shape),
    output: anything,
    run: async (ctx: Ctx, input) => shown(await listTickets(ctx, input)),
  }),
  defineTool({
    name: "tickets.get",
    summary: "One ticket with its history",
    scope: "tickets:read",
    destructive: false,
    input: one,
    output: anything,
    run: async (ctx: Ctx, { ticket_id }) => shown(await getTicket(ctx, { ticketId: ticket_id })),
  }),
  defineTool({
    name: "tickets.update",
    summary: "Changes a ticket: its state, priority, words or labels",
    scope: "tickets:write",
    destructive: false,
    input: ticketChange.extend(one.shape),
    output: anything,
    run: async (ctx: Ctx, { ticket_id, ...change }) =>
      shown(await updateTicket(ctx, { ticketId: ticket_id, ...change })),
  }),
  defineTool({
    name: "tickets.comment",
    summary: "Comments on a ticket; a public comment goes to the customer",
    scope: "tickets:write",
    destructive: true,
    input: newComment.extend(one.shape),
    output: anything,
    run: async (ctx: Ctx, { ticket_id, ...comment }) =>
      shown(await commentTicket(ctx, { ticketId: ticket_id, ...comment })),
  }),
  defineTool({
    name: "tickets.assign",
    summary:
      "Gives a ticket to the operator who is free and fits best; tickets.update gives it to one by name",
    scope: "tickets:write",
    destructive: false,
    input: one,
    output: anything,
    run: async (ctx: Ctx, { ticket_id }) => shown(await assignTicket(ctx, { ticketId: ticket_id })),
  }),
  defineTool({
    name: "tickets.explain",
    summary: "Why the operator who has a ticket got it, or why nobody could",
    scope: "tickets:read",
    destructive: false,
    input: one,
    output: anything,
    run: async (ctx: Ctx, { ticket_id }) => shown(await explainAssignment(ctx, { ticketId: ticket_id })),
  }),
  defineTool({
    name: "tickets.merge",
    summary: "Puts a ticket into another one and closes it",
    scope: "tickets:write",
    destructive: true,
    input: mergeInput.extend(one.shape),
    output: anything,
    run: async (ctx: Ctx, { ticket_id, into }) =>
      shown(await mergeTicket(ctx, { ticketId: ticket_id, into })),
  }),
  defineTool({
    name: "tickets.split",
    summary: "Makes a ticket of its own out of some comments of another",
    scope: "tickets:write",
    destructive: false,
    input: splitInput.extend(one.shape),
    output: anything,
    run: async (ctx: Ctx, { ticket_id, ...split }) =>
      shown(await splitTicket(ctx, { ticketId: ticket_id, ...split })),
  }),
  defineTool({
    name: "tickets.bulk",
    summary: "Does the same to many tickets and says of each what became of it",
    scope: "tickets:write",
    destructive: true,
    input: bulkChange,
    output: anything,
    run: async (ctx: Ctx, input) => shown(await changeMany(ctx, input)),
  }),
  defineTool({
    name: "tickets.stats",
    summary: "How many tickets are in each state, overdue, unassigned, and what customers say",
    scope: "tickets:read",
    destructive: false,
    input: z.object({}),
    output: anything,
    run: async (ctx: Ctx) => shown(await ticketStats(ctx)),
  }),
  defineTool({
    name: "tickets.comments",
    summary: "The comments of a ticket in the order of time, the latest page first",
    scope: "tickets:read",
    destructive: false,
    input: one.extend(page.shape),
    output: anything,
    run: async (ctx: Ctx, { ticket_id, ...query }) =>
      shown(await listComments(ctx, { ticketId: ticket_id, ...query })),
  }),
  ...deskTools,
  ...presetTools,
];
