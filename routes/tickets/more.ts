import {
  addLink,
  applyMacro,
  assignTicket,
  attachToTicket,
  changeMany,
  explainAssignment,
  listLinks,
  listWatchers,
  mergeTicket,
  openTicketFile,
  removeLink,
  splitTicket,
  surveyOfTicket,
  ticketStats,
  unwatchTicket,
  watchTicket,
} from "../../lib/tickets/mod.ts";
import { download, fileOf } from "../conversations/download.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract-more.ts";
import { etagOf, versionsOf } from "../versions.ts";

/** What is done with tickets beyond reading and writing them. Its fixed paths come before `/api/tickets/{id}`. */
export const ticketDeeds = createRouter()
  .openapi(contracts.statsRoute, async (c) => {
    return c.json(await ticketStats(c.var.ctx), 200);
  })
  .openapi(contracts.bulkRoute, async (c) => {
    return c.json(await changeMany(c.var.ctx, c.req.valid("json")), 200);
  })
  .openapi(contracts.assignRoute, async (c) => {
    const versions = versionsOf(c.req.valid("header")["if-match"]);
    const ticket = await assignTicket(c.var.ctx, { ticketId: c.req.valid("param").id, versions });
    return c.json(ticket, 200, { etag: etagOf(ticket) });
  })
  .openapi(contracts.explainRoute, async (c) => {
    return c.json(await explainAssignment(c.var.ctx, { ticketId: c.req.valid("param").id }), 200);
  })
  .openapi(contracts.mergeRoute, async (c) => {
    const choice = {
      ticketId: c.req.valid("param").id,
      versions: versionsOf(c.req.valid("header")["if-match"]),
    };
    const ticket = await mergeTicket(c.var.ctx, { ...c.req.valid("json"), ...choice });
    return c.json(ticket, 200, { etag: etagOf(ticket) });
  })
  .openapi(contracts.splitRoute, async (c) => {
    const choice = {
      ticketId: c.req.valid("param").id,
      versions: versionsOf(c.req.valid("header")["if-match"]),
    };
    const ticket = await splitTicket(c.var.ctx, { ...c.req.valid("json"), ...choice });
    return c.json(ticket, 201, { etag: etagOf(ticket), location: `/api/tickets/${ticket.id}` });
  })
  .openapi(contracts.macroRoute, async (c) => {
    const { macro_id: macroId } = c.req.valid("json");
    const versions = versionsOf(c.req.valid("header")["if-match"]);
    const ticket = await applyMacro(c.var.ctx, { ticketId: c.req.valid("param").id, macroId, versions });
    return c.json(ticket, 200, { etag: etagOf(ticket) });
  })
  .openapi(contracts.listWatchersRoute, async (c) => {
    return c.json(await listWatchers(c.var.ctx, { ticketId: c.req.valid("param").id }), 200);
  })
  .openapi(contracts.watchRoute, async (c) => {
    const { user_id: userId } = c.req.valid("json");
    return c.json(await watchTicket(c.var.ctx, { ticketId: c.req.valid("param").id, userId }), 200);
  })
  .openapi(contracts.unwatchRoute, async (c) => {
    const { user_id: userId } = c.req.valid("query");
    return c.json(await unwatchTicket(c.var.ctx, { ticketId: c.req.valid("param").id, userId }), 200);
  })
  .openapi(contracts.listLinksRoute, async (c) => {
    return c.json(await listLinks(c.var.ctx, { ticketId: c.req.valid("param").id }), 200);
  })
  .openapi(contracts.addLinkRoute, async (c) => {
    const link = { ...c.req.valid("json"), ticketId: c.req.valid("param").id };
    return c.json(await addLink(c.var.ctx, link), 201);
  })
  .openapi(contracts.removeLinkRoute, async (c) => {
    const { id: ticketId, target_id: targetId } = c.req.valid("param");
    await removeLink(c.var.ctx, { ticketId, targetId });
    return c.body(null, 204);
  })
  .openapi(contracts.ticketSurveyRoute, async (c) => {
    return c.json(await surveyOfTicket(c.var.ctx, { ticketId: c.req.valid("param").id }), 200);
  })
  .openapi(contracts.attachRoute, async (c) => {
    const { file, ...comment } = c.req.valid("form");
    const choice = {
      ticketId: c.req.valid("param").id,
      versions: versionsOf(c.req.valid("header")["if-match"]),
    };
    return c.json(await attachToTicket(c.var.ctx, { ...comment, ...choice, file: await fileOf(file) }), 201);
  })
  .openapi(contracts.ticketFileRoute, async (c) => {
    return download(c, await openTicketFile(c.var.ctx, c.req.valid("param").id));
  });
