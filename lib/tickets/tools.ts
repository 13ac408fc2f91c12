import { z } from "zod";
import type { Ctx } from "../context.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { commentTicket } from "./comment.ts";
import { getTicket, listComments } from "./get.ts";
import { listTickets } from "./list.ts";
import { openTicket } from "./open.ts";
import { idField, newComment, newTicket, ticketChange, ticketFilter } from "./schemas.ts";
import { updateTicket } from "./update.ts";

const anything = z.record(z.string(), z.unknown());
const page = {
  limit: z.int().min(1).max(200).default(50).describe("1 to 200"),
  cursor: z.string().optional().describe("next_cursor of the page before"),
};
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
    input: ticketFilter.extend(page),
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
    name: "tickets.comments",
    summary: "The comments of a ticket in the order of time, the latest page first",
    scope: "tickets:read",
    destructive: false,
    input: one.extend(page),
    output: anything,
    run: async (ctx: Ctx, { ticket_id, ...query }) =>
      shown(await listComments(ctx, { ticketId: ticket_id, ...query })),
  }),
];
