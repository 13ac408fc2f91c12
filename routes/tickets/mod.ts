import {
  commentTicket,
  getTicket,
  listComments,
  listHistory,
  listTickets,
  openTicket,
  updateTicket,
} from "../../lib/tickets/mod.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";
import { etagOf, versionsOf } from "../versions.ts";

export const tickets = createRouter()
  .openapi(contracts.listTicketsRoute, async (c) => {
    const { with_total, ...query } = c.req.valid("query");
    const filter = { ...query, ...customIn(c.req.query()) };
    return c.json(await listTickets(c.var.ctx, { ...filter, withTotal: with_total === "true" }), 200);
  })
  .openapi(contracts.openTicketRoute, async (c) => {
    const ticket = await openTicket(c.var.ctx, c.req.valid("json"));
    return c.json(ticket, 201, { etag: etagOf(ticket), location: `/api/tickets/${ticket.id}` });
  })
  .openapi(contracts.getTicketRoute, async (c) => {
    const ticket = await getTicket(c.var.ctx, { ticketId: c.req.valid("param").id });
    return c.json(ticket, 200, { etag: etagOf(ticket) });
  })
  .openapi(contracts.updateTicketRoute, async (c) => {
    const versions = versionsOf(c.req.valid("header")["if-match"]);
    const choice = { ticketId: c.req.valid("param").id, versions };
    const ticket = await updateTicket(c.var.ctx, { ...c.req.valid("json"), ...choice });
    return c.json(ticket, 200, { etag: etagOf(ticket) });
  })
  .openapi(contracts.ticketHistoryRoute, async (c) => {
    const query = { ticketId: c.req.valid("param").id, ...c.req.valid("query") };
    return c.json(await listHistory(c.var.ctx, query), 200);
  })
  .openapi(contracts.listCommentsRoute, async (c) => {
    const query = { ticketId: c.req.valid("param").id, ...c.req.valid("query") };
    return c.json(await listComments(c.var.ctx, query), 200);
  })
  .openapi(contracts.commentRoute, async (c) => {
    const versions = versionsOf(c.req.valid("header")["if-match"]);
    const choice = { ticketId: c.req.valid("param").id, versions };
    return c.json(await commentTicket(c.var.ctx, { ...c.req.valid("json"), ...choice }), 201);
  });

const CUSTOM = "custom.";

/** The custom fields of a query: which there are, each workspace says, so the contract can't name them. */
function customIn(query: Readonly<Record<string, string>>): { custom?: Record<string, string> } {
  const asked = Object.entries(query).filter(([name]) => name.startsWith(CUSTOM));
  if (asked.length === 0) return {};
  return { custom: Object.fromEntries(asked.map(([name, value]) => [name.slice(CUSTOM.length), value])) };
}
