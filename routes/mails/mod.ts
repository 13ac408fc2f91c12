import { z } from "@hono/zod-openapi";
import { listMails } from "../../lib/mail-in/mod.ts";
import { contract, createRouter, jsonAnswer, pageOf, pageQuery } from "../router.ts";
import { time, timeOrNull } from "../notifications/schemas.ts";

const mailSchema = z.object({
  id: z.string().openapi({ example: "eml_01kabcdefghjkmnpqrstvwxyz0" }),
  state: z.enum(["received", "opened", "commented", "ignored", "refused", "unreadable"]).openapi({
    example: "opened",
    description: "opened: it became a ticket; commented: it went on about one",
  }),
  reason: z.string().nullable().openapi({
    example: null,
    description: "auto_submitted, own_address, too_many...",
  }),
  sender: z.string().nullable().openapi({ example: "ana@example.com" }),
  subject: z.string().nullable().openapi({ example: "El aire no enfría" }),
  size: z.number().int().openapi({ example: 18_000 }),
  ticket_id: z.string().nullable().openapi({ example: "tkt_01kabcdefghjkmnpqrstvwxyz0" }),
  created_at: time("When it came"),
  finished_at: timeOrNull("When it was read"),
}).openapi("InboundMail");

const listRoute = contract({
  method: "get",
  path: "/api/mails",
  operationId: "listInboundMails",
  summary: "Mails that came in and what became of each, the newest first",
  tags: ["Tickets"],
  scope: "tickets:read",
  request: { query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(mailSchema), "A page of mails") },
});

export const mails = createRouter()
  .openapi(listRoute, async (c) => c.json(await listMails(c.var.ctx, c.req.valid("query")), 200));
