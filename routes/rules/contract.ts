import { runQuery } from "../../lib/rules/schemas.ts";
import { contract, idParam, jsonAnswer, jsonBody, pageOf, pageQuery, problems } from "../router.ts";
import { ifMatch } from "../versions.ts";
import * as schemas from "./schemas.ts";

const tags = ["Rules"];
const rule = (description: string) => jsonAnswer(schemas.ruleSchema, description);
const all = (description: string) => jsonAnswer(pageOf(schemas.ruleSchema), description);

export const listRulesRoute = contract({
  method: "get",
  path: "/api/rules",
  operationId: "listRules",
  summary: "All rules, in the order in which they run",
  tags,
  scope: "sla:read",
  responses: { 200: all("The rules") },
});

export const createRuleRoute = contract({
  method: "post",
  path: "/api/rules",
  operationId: "createRule",
  summary: "Adds a rule behind the others: when something happens and conditions hold, do something",
  tags,
  scope: "sla:write",
  request: { body: jsonBody(schemas.ruleBody) },
  responses: { 201: rule("The new rule"), ...problems("conflict") },
});

export const catalogueRoute = contract({
  method: "get",
  path: "/api/rules/catalogue",
  operationId: "getRuleCatalogue",
  summary: "What rules can wait for, look at and ask",
  tags,
  scope: "sla:read",
  responses: { 200: jsonAnswer(schemas.catalogueSchema, "The catalogue") },
});

export const dryRunRoute = contract({
  method: "post",
  path: "/api/rules/dry-run",
  operationId: "dryRunRules",
  summary: "Which rules would have acted on the last month's events, and what they would have done",
  description:
    "Nothing is done. Each event is seen as it was; of what the rules themselves would have changed " +
    "nothing is seen.",
  tags,
  scope: "sla:write",
  request: { body: jsonBody(schemas.dryRunBody) },
  responses: { 200: jsonAnswer(schemas.dryRunSchema, "What would have been done"), ...problems("not_found") },
});

export const orderRoute = contract({
  method: "put",
  path: "/api/rules/order",
  operationId: "orderRules",
  summary: "Puts all rules into another order",
  tags,
  scope: "sla:write",
  request: { body: jsonBody(schemas.orderBody) },
  responses: { 200: all("The rules in their new order") },
});

export const listRunsRoute = contract({
  method: "get",
  path: "/api/rules/runs",
  operationId: "listRuleRuns",
  summary: "What rules did, or why they did nothing though they applied, the latest first",
  tags,
  scope: "sla:read",
  request: { query: pageQuery.extend(runQuery.shape) },
  responses: { 200: jsonAnswer(pageOf(schemas.runSchema), "A page of runs") },
});

export const getRuleRoute = contract({
  method: "get",
  path: "/api/rules/{id}",
  operationId: "getRule",
  summary: "One rule",
  tags,
  scope: "sla:read",
  request: { params: idParam },
  responses: { 200: rule("The rule"), ...problems("not_found") },
});

export const updateRuleRoute = contract({
  method: "patch",
  path: "/api/rules/{id}",
  operationId: "updateRule",
  summary: "Changes the given fields, or turns it on or off",
  tags,
  scope: "sla:write",
  request: { params: idParam, headers: ifMatch, body: jsonBody(schemas.ruleChangeBody) },
  responses: { 200: rule("The rule as it is now"), ...problems("not_found", "precondition_failed") },
});

export const deleteRuleRoute = contract({
  method: "delete",
  path: "/api/rules/{id}",
  operationId: "deleteRule",
  summary: "Removes a rule; what it did stays recorded",
  tags,
  scope: "sla:write",
  request: { params: idParam, headers: ifMatch },
  responses: { 204: { description: "Removed" }, ...problems("not_found", "precondition_failed") },
});

export const sentimentRoute = contract({
  method: "post",
  path: "/api/sentiment",
  operationId: "measureSentiment",
  summary:
    "How a customer's text sounds to rules, and the words that decided: Spanish and English, no provider",
  tags,
  scope: "conversations:read",
  request: { body: jsonBody(schemas.sentimentBody) },
  responses: { 200: jsonAnswer(schemas.sentimentSchema, "The score") },
});
