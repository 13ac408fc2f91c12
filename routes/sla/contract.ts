import { clockQuery } from "../../lib/sla/schemas.ts";
import { contract, idParam, jsonAnswer, jsonBody, pageOf, pageQuery, problems } from "../router.ts";
import { ifMatch } from "../versions.ts";
import * as schemas from "./schemas.ts";

const tags = ["SLA"];
const calendar = (description: string) => jsonAnswer(schemas.calendarSchema, description);
const policy = (description: string) => jsonAnswer(schemas.policySchema, description);

export const listCalendarsRoute = contract({
  method: "get",
  path: "/api/calendars",
  operationId: "listCalendars",
  summary: "Calendars of business time, newest first; the business's own hours are one",
  tags,
  scope: "sla:read",
  request: { query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(schemas.calendarSchema), "A page of calendars") },
});

export const createCalendarRoute = contract({
  method: "post",
  path: "/api/calendars",
  operationId: "createCalendar",
  summary: "Adds a calendar: its zone, shifts by weekday and holidays",
  tags,
  scope: "sla:write",
  request: { body: jsonBody(schemas.calendarBody) },
  responses: { 201: calendar("The new calendar") },
});

export const getCalendarRoute = contract({
  method: "get",
  path: "/api/calendars/{id}",
  operationId: "getCalendar",
  summary: "One calendar",
  tags,
  scope: "sla:read",
  request: { params: idParam },
  responses: { 200: calendar("The calendar"), ...problems("not_found") },
});

export const updateCalendarRoute = contract({
  method: "patch",
  path: "/api/calendars/{id}",
  operationId: "updateCalendar",
  summary:
    "Changes the given fields; what clocks have counted stays, from now on they count by the new hours",
  tags,
  scope: "sla:write",
  request: { params: idParam, headers: ifMatch, body: jsonBody(schemas.calendarChangeBody) },
  responses: {
    200: calendar("The calendar as it is now"),
    ...problems("not_found", "precondition_failed", "conflict"),
  },
});

export const deleteCalendarRoute = contract({
  method: "delete",
  path: "/api/calendars/{id}",
  operationId: "deleteCalendar",
  summary: "Removes a calendar that no policy counts by",
  tags,
  scope: "sla:write",
  request: { params: idParam, headers: ifMatch },
  responses: { 204: { description: "Removed" }, ...problems("not_found", "precondition_failed", "conflict") },
});

export const measureRoute = contract({
  method: "post",
  path: "/api/calendars/{id}/measure",
  operationId: "measureCalendar",
  summary: "Whether it is open, when it opens next, and when so many business minutes have gone by",
  tags,
  scope: "sla:read",
  request: { params: idParam, body: jsonBody(schemas.measureBody) },
  responses: { 200: jsonAnswer(schemas.measuredSchema, "The answer"), ...problems("not_found") },
});

export const listPoliciesRoute = contract({
  method: "get",
  path: "/api/sla-policies",
  operationId: "listSlaPolicies",
  summary: "What is promised, newest first",
  tags,
  scope: "sla:read",
  request: { query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(schemas.policySchema), "A page of policies") },
});

export const createPolicyRoute = contract({
  method: "post",
  path: "/api/sla-policies",
  operationId: "createSlaPolicy",
  summary: "Promises first responses, next responses and resolutions within minutes, by priority",
  tags,
  scope: "sla:write",
  request: { body: jsonBody(schemas.policyBody) },
  responses: { 201: policy("The new policy") },
});

export const getPolicyRoute = contract({
  method: "get",
  path: "/api/sla-policies/{id}",
  operationId: "getSlaPolicy",
  summary: "One policy",
  tags,
  scope: "sla:read",
  request: { params: idParam },
  responses: { 200: policy("The policy"), ...problems("not_found") },
});

export const updatePolicyRoute = contract({
  method: "patch",
  path: "/api/sla-policies/{id}",
  operationId: "updateSlaPolicy",
  summary: "Changes the given fields, for promises that are made from now on",
  tags,
  scope: "sla:write",
  request: { params: idParam, headers: ifMatch, body: jsonBody(schemas.policyChangeBody) },
  responses: { 200: policy("The policy as it is now"), ...problems("not_found", "precondition_failed") },
});

export const deletePolicyRoute = contract({
  method: "delete",
  path: "/api/sla-policies/{id}",
  operationId: "deleteSlaPolicy",
  summary: "Removes a policy; what was promised by it runs on",
  tags,
  scope: "sla:write",
  request: { params: idParam, headers: ifMatch },
  responses: { 204: { description: "Removed" }, ...problems("not_found", "precondition_failed") },
});

export const listClocksRoute = contract({
  method: "get",
  path: "/api/sla-clocks",
  operationId: "listSlaClocks",
  summary: "Promises about tickets in one state, those that are due first before others",
  tags,
  scope: "sla:read",
  request: { query: pageQuery.extend(clockQuery.shape) },
  responses: { 200: jsonAnswer(pageOf(schemas.clockSchema), "A page of clocks") },
});
