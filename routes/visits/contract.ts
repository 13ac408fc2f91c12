import { z } from "@hono/zod-openapi";
import {
  cancelInput,
  checkInput,
  newVisit,
  scheduleInput,
  slotsQuery,
  visitChange,
  visitQuery,
  visitSettingsChange,
  visitSettingsSchema,
} from "../../lib/visits/schemas.ts";
import { fileAnswer } from "../conversations/schemas.ts";
import { listContract } from "../lists.ts";
import { contract, idParam, jsonAnswer, jsonBody, problems } from "../router.ts";
import { photoForm, photoSchema, slotsSchema, visitDetailSchema, visitSchema } from "./schemas.ts";

const tags = ["Visits"];
const one = jsonAnswer(visitSchema, "The visit");
const settings = jsonAnswer(z.object(visitSettingsSchema.shape).openapi("VisitSettings"), "The settings");

export const listVisitsRoute = listContract({
  path: "/api/visits",
  operationId: "listVisits",
  summary: "Visits, the newest first or by their time",
  tags,
  scope: "visits:read",
  query: visitQuery.shape,
  item: visitSchema,
  page: "A page of visits",
});

export const createVisitRoute = contract({
  method: "post",
  path: "/api/visits",
  operationId: "createVisit",
  summary: "Schedules a visit, or asks for one when no time is said; 409 names the free slots near",
  tags,
  scope: "visits:write",
  request: {
    body: jsonBody(newVisit.meta({
      example: {
        subject: "Mantenimiento del horno",
        starts_at: "2026-12-01T15:00:00Z",
        minutes: 60,
        operator_id: "opr_01kabcdefghjkmnpqrstvwxyz0",
        site_id: "sit_01kabcdefghjkmnpqrstvwxyz0",
      },
    })),
  },
  responses: { 201: one, ...problems("conflict") },
});

export const slotsRoute = contract({
  method: "get",
  path: "/api/visits/slots",
  operationId: "findVisitSlots",
  summary: "When an operator, or anybody of a team, could make a visit",
  tags,
  scope: "visits:read",
  request: { query: slotsQuery },
  responses: { 200: jsonAnswer(slotsSchema, "Free slots, the earliest first") },
});

export const visitSettingsRoute = contract({
  method: "get",
  path: "/api/visits/settings",
  operationId: "getVisitSettings",
  summary: "How visits are made",
  tags,
  scope: "visits:read",
  responses: { 200: settings },
});

export const changeVisitSettingsRoute = contract({
  method: "put",
  path: "/api/visits/settings",
  operationId: "changeVisitSettings",
  summary: "Changes the fields that are given, keeps the others",
  tags,
  scope: "business:write",
  request: { body: jsonBody(visitSettingsChange) },
  responses: { 200: settings },
});

export const getVisitRoute = contract({
  method: "get",
  path: "/api/visits/{id}",
  operationId: "getVisit",
  summary: "One visit with every state that it had",
  tags,
  scope: "visits:read",
  request: { params: idParam },
  responses: { 200: jsonAnswer(visitDetailSchema, "The visit"), ...problems("not_found") },
});

export const changeVisitRoute = contract({
  method: "put",
  path: "/api/visits/{id}",
  operationId: "changeVisit",
  summary: "Changes the fields that are given; another time, length, operator or site is looked at anew",
  tags,
  scope: "visits:write",
  request: { params: idParam, body: jsonBody(visitChange) },
  responses: { 200: one, ...problems("not_found", "conflict") },
});

const step = <P extends string>(
  path: P,
  { operationId, summary }: { operationId: string; summary: string },
) => ({
  method: "post" as const,
  path,
  operationId,
  summary,
  tags,
  scope: "visits:write" as const,
  responses: { 200: one, ...problems("not_found", "conflict") },
});

export const scheduleVisitRoute = contract({
  ...step("/api/visits/{id}/reschedule", {
    operationId: "rescheduleVisit",
    summary: "Gives a visit a time, or another one; it has to be confirmed again",
  }),
  request: { params: idParam, body: jsonBody(scheduleInput) },
});

export const confirmVisitRoute = contract({
  ...step("/api/visits/{id}/confirm", {
    operationId: "confirmVisit",
    summary: "Says for the client that the time is good",
  }),
  request: { params: idParam },
});

export const departVisitRoute = contract({
  ...step("/api/visits/{id}/depart", { operationId: "departVisit", summary: "The operator is on the way" }),
  request: { params: idParam },
});

export const checkInRoute = contract({
  ...step("/api/visits/{id}/check-in", {
    operationId: "checkInVisit",
    summary: "The operator is there, with a note and a position where wanted",
  }),
  request: { params: idParam, body: jsonBody(checkInput) },
});

export const checkOutRoute = contract({
  ...step("/api/visits/{id}/check-out", { operationId: "checkOutVisit", summary: "The work is done" }),
  request: { params: idParam, body: jsonBody(checkInput) },
});

export const cancelVisitRoute = contract({
  ...step("/api/visits/{id}/cancel", {
    operationId: "cancelVisit",
    summary: "Calls a visit off, with the reason; both sides are told",
  }),
  request: { params: idParam, body: jsonBody(cancelInput) },
});

export const noShowRoute = contract({
  ...step("/api/visits/{id}/no-show", { operationId: "markVisitNoShow", summary: "Nobody was there" }),
  request: { params: idParam },
});

export const addPhotoRoute = contract({
  method: "post",
  path: "/api/visits/{id}/attachments",
  operationId: "addVisitPhoto",
  summary: "A picture of what was found, or of what was done",
  tags,
  scope: "visits:write",
  request: {
    params: idParam,
    body: { required: true, content: { "multipart/form-data": { schema: photoForm } } },
  },
  responses: {
    201: jsonAnswer(photoSchema, "The picture"),
    ...problems("not_found", "conflict", "payload_too_large", "unsupported_media_type"),
  },
});

const photoParams = idParam.extend({
  photo_id: z.string().min(1).max(64).openapi({
    param: { name: "photo_id", in: "path" },
    example: "vph_01kabcdefghjkmnpqrstvwxyz0",
  }),
});

export const removePhotoRoute = contract({
  method: "delete",
  path: "/api/visits/{id}/attachments/{photo_id}",
  operationId: "removeVisitPhoto",
  summary: "Takes a picture back, with its file",
  tags,
  scope: "visits:write",
  request: { params: photoParams },
  responses: { 204: { description: "Gone" }, ...problems("not_found") },
});

export const openPhotoRoute = contract({
  method: "get",
  path: "/api/visits/{id}/attachments/{photo_id}",
  operationId: "downloadVisitPhoto",
  summary: "A picture's bytes",
  tags,
  scope: "visits:read",
  request: { params: photoParams },
  responses: { 200: fileAnswer, ...problems("not_found") },
});

export const renewFeedRoute = contract({
  method: "post",
  path: "/api/operators/{id}/calendar",
  operationId: "renewVisitCalendar",
  summary: "Makes the secret address of an operator's calendar of visits; one before stops working",
  tags,
  scope: "visits:read",
  request: { params: idParam },
  responses: {
    201: jsonAnswer(
      z.object({
        url: z.string().openapi({
          example: "https://example.com/api/visit-calendars/kYt0Qm8xT5b2hJ3Zk9aWc1Vd7Ef4Gg6Hh8Ii0Jj2Kk4.ics",
        }),
      }).openapi("VisitCalendarAddress"),
      "The address, shown this once",
    ),
    ...problems("not_found"),
  },
});

export const removeFeedRoute = contract({
  method: "delete",
  path: "/api/operators/{id}/calendar",
  operationId: "removeVisitCalendar",
  summary: "Ends the address of an operator's calendar",
  tags,
  scope: "visits:read",
  request: { params: idParam },
  responses: { 204: { description: "Ended" }, ...problems("not_found") },
});
