import { z } from "@hono/zod-openapi";
import {
  addMailAddress,
  changeMailAddress,
  getMailAddress,
  listMailAddresses,
  mailAddressChange,
  newMailAddress,
  removeMailAddress,
} from "../../lib/mail-in/mod.ts";
import { listContract } from "../lists.ts";
import { contract, createRouter, documented, idParam, jsonAnswer, jsonBody, problems } from "../router.ts";
import { time } from "../notifications/schemas.ts";

const tags = ["Channels"];

const addressSchema = z.object({
  id: z.string().openapi({ example: "ema_01kabcdefghjkmnpqrstvwxyz0" }),
  address: z.string().openapi({ example: "soporte+ventas@empresa.example" }),
  team_id: z.string().nullable().openapi({ example: "tea_01kabcdefghjkmnpqrstvwxyz0" }),
  category_id: z.string().nullable().openapi({ example: null }),
  created_at: time("When it was added"),
}).openapi("MailAddress");

const one = jsonAnswer(addressSchema, "The address");

const listRoute = listContract({
  path: "/api/mail-addresses",
  operationId: "listMailAddresses",
  summary:
    "The addresses whose mails come to this workspace; what comes to no address is the default workspace's",
  tags,
  scope: "channels:read",
  query: {},
  item: addressSchema,
  page: "A page of addresses",
});

const addRoute = contract({
  method: "post",
  path: "/api/mail-addresses",
  operationId: "addMailAddress",
  summary: "Has the mails to an address come to this workspace",
  description:
    "Every workspace may take tags of the installation's inbox (`soporte+ventas@…`), or have one made that nobody can guess and forward its own mail to it. Other addresses need the platform's admin.",
  tags,
  scope: "channels:write",
  request: { body: jsonBody(documented(newMailAddress)) },
  responses: { 201: one, ...problems("conflict") },
});

const getRoute = contract({
  method: "get",
  path: "/api/mail-addresses/{id}",
  operationId: "getMailAddress",
  summary: "One address",
  tags,
  scope: "channels:read",
  request: { params: idParam },
  responses: { 200: one, ...problems("not_found") },
});

const changeRoute = contract({
  method: "patch",
  path: "/api/mail-addresses/{id}",
  operationId: "changeMailAddress",
  summary: "Changes the team and the category of its tickets",
  tags,
  scope: "channels:write",
  request: { params: idParam, body: jsonBody(documented(mailAddressChange)) },
  responses: { 200: one, ...problems("not_found") },
});

const removeRoute = contract({
  method: "delete",
  path: "/api/mail-addresses/{id}",
  operationId: "removeMailAddress",
  summary: "Gives the address up: its mails are the default workspace's again",
  tags,
  scope: "channels:write",
  request: { params: idParam },
  responses: { 204: { description: "Given up" }, ...problems("not_found") },
});

export const mailAddresses = createRouter()
  .openapi(listRoute, async (c) => c.json(await listMailAddresses(c.var.ctx, c.req.valid("query")), 200))
  .openapi(addRoute, async (c) => c.json(await addMailAddress(c.var.ctx, c.req.valid("json")), 201))
  .openapi(getRoute, async (c) => c.json(await getMailAddress(c.var.ctx, c.req.valid("param")), 200))
  .openapi(
    changeRoute,
    async (c) =>
      c.json(await changeMailAddress(c.var.ctx, { ...c.req.valid("param"), ...c.req.valid("json") }), 200),
  )
  .openapi(removeRoute, async (c) => {
    await removeMailAddress(c.var.ctx, c.req.valid("param"));
    return c.body(null, 204);
  });
