import { z } from "@hono/zod-openapi";
import {
  CLIENT_KINDS,
  clientChange,
  clientQuery,
  clientSettingsChange,
  contactLink,
  CONTRACT_STATES,
  mergeInput,
  newClient,
} from "../../lib/clients/schemas.ts";
import { contactSchema } from "../contacts/contract.ts";
import { listContract } from "../lists.ts";
import { contract, idParam, jsonAnswer, jsonBody, pageOf, pageQuery, problems } from "../router.ts";
import { badLineSchema, csvImportBody } from "../upload.ts";

const tags = ["Clients"];
const time = z.iso.datetime().openapi({ example: "2026-11-21T15:04:05.000Z" });
const textOrNull = (example: string | null) => z.string().nullable().openapi({ example });

const clientSchema = z.object({
  id: z.string().openapi({ example: "cli_01kabcdefghjkmnpqrstvwxyz0" }),
  kind: z.enum(CLIENT_KINDS).openapi({ example: "company" }),
  name: z.string().openapi({ example: "Panadería La Espiga" }),
  tax_id: textOrNull("PES010203AB1"),
  external_id: textOrNull("crm-1042"),
  email: textOrNull("hola@espiga.example"),
  phone: textOrNull("+52 81 1234 5678"),
  contract: z.object({
    starts: textOrNull("2026-01-01"),
    ends: textOrNull("2026-12-31"),
    plan: textOrNull("oro"),
    state: z.enum(CONTRACT_STATES).openapi({
      example: "current",
      description:
        "How it stands today; without days it is current. While it is future or ended, new tickets are " +
        "promised what the default SLA policy says",
    }),
  }),
  sla_policy_id: textOrNull(null),
  language: textOrNull("es"),
  timezone: textOrNull("America/Monterrey"),
  notes: textOrNull("Prefieren que se llame antes de las 11."),
  labels: z.array(z.string()).openapi({ example: ["vip"] }),
  custom: z.record(z.string(), z.string()).openapi({ example: { zona: "norte" } }),
  created_at: time,
  updated_at: time,
}).openapi("Client");

const clientContactSchema = contactSchema.extend({ role: textOrNull("compras") }).openapi("ClientContact");

const importedSchema = z.object({
  created: z.number().int().openapi({ example: 120 }),
  updated: z.number().int().openapi({ example: 4 }),
  unchanged: z.number().int().openapi({ example: 30 }),
  failed: z.number().int().openapi({ example: 1, description: "Lines that were not taken" }),
  errors: z.array(badLineSchema),
  ignored_columns: z.array(z.string()).openapi({ example: ["color"] }),
}).openapi("ClientImportReport");

const settingsSchema = z.object({
  contract_warning_days: z.number().int().openapi({
    example: 14,
    description: "So many days before a contract ends, who may change clients is told once; 0: never",
  }),
}).openapi("ClientSettings");

const one = jsonAnswer(clientSchema, "The client");

export const listClientsRoute = listContract({
  path: "/api/clients",
  operationId: "listClients",
  summary: "Clients, the newest first",
  tags,
  scope: "clients:read",
  query: clientQuery.shape,
  item: clientSchema,
  page: "A page of clients",
});

export const createClientRoute = contract({
  method: "post",
  path: "/api/clients",
  operationId: "createClient",
  summary: "Adds a client",
  tags,
  scope: "clients:write",
  request: { body: jsonBody(newClient) },
  responses: { 201: one, ...problems("conflict") },
});

export const importClientsRoute = contract({
  method: "post",
  path: "/api/clients/import",
  operationId: "importClients",
  summary: "Takes clients out of CSV: good lines are written, bad ones reported; known by their external_id",
  tags,
  scope: "clients:write",
  request: { body: csvImportBody },
  responses: {
    200: jsonAnswer(importedSchema, "What was done, and what is wrong with which line"),
    ...problems("unsupported_media_type", "payload_too_large"),
  },
});

export const exportClientsRoute = contract({
  method: "get",
  path: "/api/clients/export",
  operationId: "exportClients",
  summary: "All clients as CSV; cells that begin like a formula are neutralised",
  tags,
  scope: "clients:read",
  responses: {
    200: { description: "The file", content: { "text/csv": { schema: z.string() } } },
  },
});

export const getClientRoute = contract({
  method: "get",
  path: "/api/clients/{id}",
  operationId: "getClient",
  summary: "One client; the id of one that was merged answers with the one it became",
  tags,
  scope: "clients:read",
  request: { params: idParam },
  responses: { 200: one, ...problems("not_found") },
});

export const changeClientRoute = contract({
  method: "put",
  path: "/api/clients/{id}",
  operationId: "changeClient",
  summary: "Changes the fields that are given, keeps the others",
  tags,
  scope: "clients:write",
  request: { params: idParam, body: jsonBody(clientChange) },
  responses: { 200: one, ...problems("not_found", "conflict") },
});

export const removeClientRoute = contract({
  method: "delete",
  path: "/api/clients/{id}",
  operationId: "removeClient",
  summary: "Takes a client away; what was done for them stays",
  description:
    "A client of kind `person` is emptied when the last of the contacts that it had is erased; one that had none, at once.",
  tags,
  scope: "clients:write",
  request: { params: idParam },
  responses: { 204: { description: "Removed" }, ...problems("not_found") },
});

export const mergeClientsRoute = contract({
  method: "post",
  path: "/api/clients/{id}/merge",
  operationId: "mergeClients",
  summary: "Makes a duplicate one with this client: contacts, sites and history come here",
  tags,
  scope: "clients:write",
  request: { params: idParam, body: jsonBody(mergeInput) },
  responses: { 200: one, ...problems("not_found") },
});

export const listClientContactsRoute = contract({
  method: "get",
  path: "/api/clients/{id}/contacts",
  operationId: "listClientContacts",
  summary: "The people of a client",
  tags,
  scope: "clients:read",
  request: { params: idParam, query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(clientContactSchema), "A page of contacts"), ...problems("not_found") },
});

export const linkContactRoute = contract({
  method: "post",
  path: "/api/clients/{id}/contacts",
  operationId: "linkContact",
  summary: "Makes a contact one of the client's; the same again changes its role",
  tags,
  scope: "clients:write",
  request: {
    params: idParam,
    body: jsonBody(contactLink.meta({
      example: { phone: "+52 81 8765 4321", name: "Ana Ruiz", role: "compras" },
    })),
  },
  responses: { 200: jsonAnswer(clientContactSchema, "The contact"), ...problems("not_found", "conflict") },
});

export const unlinkContactRoute = contract({
  method: "delete",
  path: "/api/clients/{id}/contacts/{contact_id}",
  operationId: "unlinkContact",
  summary: "Makes the contact nobody's; the contact itself stays",
  tags,
  scope: "clients:write",
  request: {
    params: idParam.extend({
      contact_id: z.string().min(1).max(64).openapi({
        param: { name: "contact_id", in: "path" },
        example: "con_01kabcdefghjkmnpqrstvwxyz0",
      }),
    }),
  },
  responses: { 204: { description: "Unlinked" }, ...problems("not_found") },
});

export const clientSettingsRoute = contract({
  method: "get",
  path: "/api/clients/settings",
  operationId: "getClientSettings",
  summary: "How long before its end a contract is told of",
  tags,
  scope: "clients:read",
  responses: { 200: jsonAnswer(settingsSchema, "The settings") },
});

export const changeClientSettingsRoute = contract({
  method: "put",
  path: "/api/clients/settings",
  operationId: "changeClientSettings",
  summary: "Changes the fields that are given, keeps the others",
  tags,
  scope: "business:write",
  request: { body: jsonBody(clientSettingsChange) },
  responses: { 200: jsonAnswer(settingsSchema, "The settings as they are now") },
});
