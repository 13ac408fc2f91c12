import { z } from "@hono/zod-openapi";
import { surveyAnswer } from "../../lib/tickets/mod.ts";
import { contract, problems, tokenParam } from "../router.ts";

const tags = ["Surveys"];

const surveySchema = z.object({
  reference: z.string().openapi({ example: "T-1042" }),
  subject: z.string().openapi({ example: "El aire no enfría" }),
  locale: z.enum(["es", "en"]).openapi({ example: "es" }),
  answered: z.boolean().openapi({ example: false }),
  score: z.number().int().nullable().openapi({ example: null }),
  comment: z.string().nullable().openapi({ example: null }),
  expires_at: z.iso.datetime().openapi({ example: "2026-12-05T15:04:05.000Z" }),
}).openapi("Survey");

/** JSON, or a plain page for who opens the link in a browser. */
const survey = {
  description: "The question, and the answer where there is one",
  content: {
    "application/json": { schema: surveySchema },
    "text/html": { schema: z.string().openapi({ example: "<!doctype html>..." }) },
  },
} as const;

const params = tokenParam("srv_01kabcdefghjkmnpqrstvwxyz0.c2VjcmV0");

export const openSurveyRoute = contract({
  method: "get",
  path: "/api/surveys/{token}",
  operationId: "openSurvey",
  summary: "What the customer is asked; the link is the only key to it",
  tags,
  scope: null,
  request: { params },
  responses: { 200: survey, ...problems("not_found", "gone") },
});

export const answerSurveyRoute = contract({
  method: "post",
  path: "/api/surveys/{token}",
  operationId: "answerSurvey",
  summary: "The customer's answer; one for each link",
  tags,
  scope: null,
  request: {
    params,
    // With `required` both readers would read every body; the verb refuses an absent one.
    body: {
      required: false,
      content: {
        "application/json": { schema: surveyAnswer },
        "application/x-www-form-urlencoded": { schema: surveyAnswer },
      },
    },
  },
  responses: { 200: survey, ...problems("not_found", "conflict", "gone") },
});
