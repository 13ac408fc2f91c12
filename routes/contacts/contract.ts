import { z } from "@hono/zod-openapi";
import { IDENTITY_KINDS } from "../../lib/conversations/schemas.ts";
import { contactChange } from "../../lib/conversations/mod.ts";
import { contactRefSchema } from "../conversations/schemas.ts";
import { contract, idParam, jsonAnswer, jsonBody, pageOf, pageQuery, problems } from "../router.ts";

const tags = ["Contacts"];

export const contactSchema = contactRefSchema.extend({
  identities: z.array(z.object({
    kind: z.enum(IDENTITY_KINDS).openapi({ example: "phone" }),
    value: z.string().openapi({ example: "+5218112345678" }),
  })),
  opted_out_at: z.iso.datetime().nullable().openapi({ example: null }),
  created_at: z.iso.datetime().openapi({ example: "2026-11-21T15:04:05.000Z" }),
}).openapi("Contact");

export const listContactsRoute = contract({
  method: "get",
  path: "/api/contacts",
  operationId: "listContacts",
  summary: "Contacts, the newest first",
  tags,
  scope: "contacts:read",
  request: {
    query: pageQuery.extend({
      q: z.string().max(200).optional().openapi({
        example: "Ana",
        description: "In the name or an identifier",
      }),
    }),
  },
  responses: { 200: jsonAnswer(pageOf(contactSchema), "A page of contacts") },
});

export const getContactRoute = contract({
  method: "get",
  path: "/api/contacts/{id}",
  operationId: "getContact",
  summary: "One contact with its identifiers",
  tags,
  scope: "contacts:read",
  request: { params: idParam },
  responses: { 200: jsonAnswer(contactSchema, "The contact"), ...problems("not_found") },
});

export const changeContactRoute = contract({
  method: "put",
  path: "/api/contacts/{id}",
  operationId: "changeContact",
  summary: "Changes what is given of a contact; an address or a number is added to those that are known",
  tags,
  scope: "contacts:write",
  request: { params: idParam, body: jsonBody(contactChange) },
  responses: { 200: jsonAnswer(contactSchema, "The contact"), ...problems("not_found", "conflict") },
});

export const exportContactRoute = contract({
  method: "get",
  path: "/api/contacts/{id}/export",
  operationId: "exportContact",
  summary: "Everything that is stored about a contact, as a JSON file",
  tags,
  scope: "contacts:write",
  request: { params: idParam },
  responses: {
    200: jsonAnswer(
      z.record(z.string(), z.unknown()).openapi("ContactExport"),
      "Contact, conversations, messages, ratings, and what other parts keep of the person",
    ),
    ...problems("not_found"),
  },
});

export const eraseContactRoute = contract({
  method: "delete",
  path: "/api/contacts/{id}",
  operationId: "eraseContact",
  summary: "Deletes what is known of a person for good: identifiers, texts, files, questions; figures stay",
  tags,
  scope: "contacts:write",
  request: { params: idParam },
  responses: {
    200: jsonAnswer(
      z.object({
        contact_id: z.string().openapi({ example: "con_01kabcdefghjkmnpqrstvwxyz0" }),
        conversations: z.number().int().openapi({ example: 2 }),
        messages: z.number().int().openapi({ example: 14 }),
        attachments: z.number().int().openapi({ example: 1 }),
      }).openapi("Erasure"),
      "What was erased",
    ),
    ...problems("not_found"),
  },
});
