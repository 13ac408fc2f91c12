import { contract, idParam, jsonAnswer, jsonBody, pageOf, pageQuery, problems } from "../router.ts";
import { listQuery } from "../../lib/knowledge/mod.ts";
import * as schemas from "./schemas.ts";

const tags = ["Knowledge"];
const entry = (description: string) => jsonAnswer(schemas.entrySchema, description);

export const listEntriesRoute = contract({
  method: "get",
  path: "/api/knowledge/entries",
  operationId: "listKnowledgeEntries",
  summary: "What the business knows, newest first",
  tags,
  scope: "knowledge:read",
  request: { query: pageQuery.extend(listQuery.shape) },
  responses: { 200: jsonAnswer(pageOf(schemas.entrySchema), "A page of entries") },
});

export const createEntryRoute = contract({
  method: "post",
  path: "/api/knowledge/entries",
  operationId: "createKnowledgeEntry",
  summary: "Adds a question with its answer, or a text; it is used from the next question on",
  tags,
  scope: "knowledge:write",
  request: { body: jsonBody(schemas.entryBody) },
  responses: { 201: entry("The new entry"), ...problems("payload_too_large") },
});

export const importEntriesRoute = contract({
  method: "post",
  path: "/api/knowledge/entries/import",
  operationId: "importKnowledge",
  summary: "Brings in many: a CSV, Markdown, text or PDF file, or JSON. What is known already is skipped",
  tags,
  scope: "knowledge:write",
  request: {
    body: {
      content: {
        "application/json": { schema: schemas.importBody },
        "multipart/form-data": { schema: schemas.importForm },
      },
    },
  },
  responses: {
    201: jsonAnswer(schemas.importedSchema, "What was created and what was skipped"),
    ...problems("payload_too_large", "unsupported_media_type"),
  },
});

export const getEntryRoute = contract({
  method: "get",
  path: "/api/knowledge/entries/{id}",
  operationId: "getKnowledgeEntry",
  summary: "One entry, whole",
  tags,
  scope: "knowledge:read",
  request: { params: idParam },
  responses: { 200: entry("The entry"), ...problems("not_found") },
});

export const replaceEntryRoute = contract({
  method: "put",
  path: "/api/knowledge/entries/{id}",
  operationId: "replaceKnowledgeEntry",
  summary: "Writes an entry anew; what is left out gets its default",
  tags,
  scope: "knowledge:write",
  request: { params: idParam, body: jsonBody(schemas.entryBody) },
  responses: { 200: entry("The entry as it is now"), ...problems("not_found") },
});

export const changeEntryRoute = contract({
  method: "patch",
  path: "/api/knowledge/entries/{id}",
  operationId: "changeKnowledgeEntry",
  summary: "Changes the given fields",
  tags,
  scope: "knowledge:write",
  request: { params: idParam, body: jsonBody(schemas.changeBody) },
  responses: { 200: entry("The entry as it is now"), ...problems("not_found") },
});

export const deleteEntryRoute = contract({
  method: "delete",
  path: "/api/knowledge/entries/{id}",
  operationId: "deleteKnowledgeEntry",
  summary: "Removes an entry for good",
  tags,
  scope: "knowledge:write",
  request: { params: idParam },
  responses: { 204: { description: "Removed" }, ...problems("not_found") },
});

export const askRoute = contract({
  method: "post",
  path: "/api/knowledge/ask",
  operationId: "askKnowledge",
  summary: "The test bench: what the bot would answer from knowledge alone, and why. Nothing is recorded",
  tags,
  scope: "knowledge:read",
  request: { body: jsonBody(schemas.askBody) },
  responses: { 200: jsonAnswer(schemas.askedSchema, "The answer with its sources and candidates") },
});

export const listUnansweredRoute = contract({
  method: "get",
  path: "/api/knowledge/unanswered",
  operationId: "listUnanswered",
  summary: "What the bot could not answer, last asked first",
  tags,
  scope: "knowledge:read",
  request: { query: pageQuery.extend(schemas.unansweredQuery.shape) },
  responses: { 200: jsonAnswer(pageOf(schemas.unansweredSchema), "A page of questions") },
});

export const answerUnansweredRoute = contract({
  method: "post",
  path: "/api/knowledge/unanswered/{id}/answer",
  operationId: "answerUnanswered",
  summary: "Answers it for the next time: makes an entry and takes the question off the list",
  tags,
  scope: "knowledge:write",
  request: { params: idParam, body: jsonBody(schemas.answerBody) },
  responses: { 201: entry("The entry made of it"), ...problems("not_found", "conflict") },
});

export const dismissUnansweredRoute = contract({
  method: "post",
  path: "/api/knowledge/unanswered/{id}/dismiss",
  operationId: "dismissUnanswered",
  summary: "Takes a question off the list without an answer",
  tags,
  scope: "knowledge:write",
  request: { params: idParam },
  responses: {
    200: jsonAnswer(schemas.unansweredSchema, "The question"),
    ...problems("not_found", "conflict"),
  },
});
