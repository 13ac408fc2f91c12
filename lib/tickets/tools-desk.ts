import { z } from "zod";
import type { Ctx } from "../context.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { anything, list, page, rows } from "../kernel/tool-shapes.ts";
import { applyMacro } from "./bulk.ts";
import { listHistory } from "./get.ts";
import { addLink, listLinks, newLink, removeLink } from "./links.ts";
import { idField } from "./schemas.ts";
import { deskChange, getDesk, setDesk } from "./settings.ts";
import { surveyOfTicket } from "./survey.ts";
import { listWatchers, unwatchTicket, watchTicket } from "./watch.ts";

const one = z.object({ ticket_id: idField.describe("The ticket's id, such as tkt_01k...") });
const watch = one.extend({
  user_id: idField.optional().describe("A member of the workspace; left out, whoever calls"),
});

/** What is around a ticket, and how the desk works. */
export const deskTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "tickets.history",
    summary: "Every change of a ticket, the latest first, back to its opening",
    scope: "tickets:read",
    destructive: false,
    input: one.extend(page.shape),
    output: list,
    run: async (ctx: Ctx, { ticket_id: ticketId, ...query }) =>
      rows(await listHistory(ctx, { ticketId, ...query })),
  }),
  defineTool({
    name: "tickets.macro",
    summary: "Does to a ticket what a macro says, all or none of it",
    scope: "tickets:write",
    destructive: true,
    input: one.extend({ macro_id: idField.describe("Of ticket_macros.list") }),
    output: anything,
    run: async (ctx: Ctx, { ticket_id: ticketId, macro_id: macroId }) => ({
      ...await applyMacro(ctx, { ticketId, macroId }),
    }),
  }),
  defineTool({
    name: "tickets.links",
    summary: "The tickets, conversations, calls and visits that belong to the same matter",
    scope: "tickets:read",
    destructive: false,
    input: one,
    output: anything,
    run: async (ctx: Ctx, { ticket_id: ticketId }) => ({ ...await listLinks(ctx, { ticketId }) }),
  }),
  defineTool({
    name: "tickets.link",
    summary: "Says that another ticket, or a conversation, belongs to the matter",
    scope: "tickets:write",
    destructive: false,
    input: one.extend({
      kind: newLink.shape.kind.describe("What it is linked to"),
      id: newLink.shape.id.describe("Its id"),
    }),
    output: anything,
    run: async (ctx: Ctx, { ticket_id: ticketId, ...link }) => ({
      ...await addLink(ctx, { ticketId, ...link }),
    }),
  }),
  defineTool({
    name: "tickets.unlink",
    summary: "Takes a link of a ticket away; of two tickets both ways",
    scope: "tickets:write",
    destructive: false,
    input: one.extend({ id: idField.describe("What it is linked to") }),
    output: anything,
    run: async (ctx: Ctx, { ticket_id: ticketId, id: targetId }) => {
      await removeLink(ctx, { ticketId, targetId });
      return { id: targetId, unlinked: true };
    },
  }),
  defineTool({
    name: "tickets.watchers",
    summary: "Who is told of what happens to a ticket",
    scope: "tickets:read",
    destructive: false,
    input: one,
    output: anything,
    run: async (ctx: Ctx, { ticket_id: ticketId }) => ({ ...await listWatchers(ctx, { ticketId }) }),
  }),
  defineTool({
    name: "tickets.watch",
    summary: "Has a user told of what happens to a ticket",
    scope: "tickets:write",
    destructive: false,
    input: watch,
    output: anything,
    run: async (ctx: Ctx, { ticket_id: ticketId, user_id: userId }) => ({
      ...await watchTicket(ctx, { ticketId, userId }),
    }),
  }),
  defineTool({
    name: "tickets.unwatch",
    summary: "Has a user told of a ticket no more",
    scope: "tickets:write",
    destructive: false,
    input: watch,
    output: anything,
    run: async (ctx: Ctx, { ticket_id: ticketId, user_id: userId }) => ({
      ...await unwatchTicket(ctx, { ticketId, userId }),
    }),
  }),
  defineTool({
    name: "tickets.survey",
    summary: "What the customer said of how a ticket was dealt with",
    scope: "tickets:read",
    destructive: false,
    input: one,
    output: anything,
    run: async (ctx: Ctx, { ticket_id: ticketId }) => ({ ...await surveyOfTicket(ctx, { ticketId }) }),
  }),
  defineTool({
    name: "ticket_settings.show",
    summary: "How the desk works: assignment, closing, surveys, custom fields",
    scope: "tickets:read",
    destructive: false,
    input: z.object({}),
    output: anything,
    run: async (ctx: Ctx) => ({ ...await getDesk(ctx) }),
  }),
  defineTool({
    name: "ticket_settings.change",
    summary: "Changes what is given of how the desk works",
    scope: "business:write",
    destructive: false,
    input: deskChange,
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await setDesk(ctx, input) }),
  }),
];
