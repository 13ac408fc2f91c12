import { z } from "@hono/zod-openapi";
import { BUSY_POLICIES, newTeam, teamChange, workNeeds } from "../../lib/operators/schemas.ts";
import { listContract } from "../lists.ts";
import { contract, idParam, jsonAnswer, jsonBody, problems } from "../router.ts";

const tags = ["Teams"];
const time = z.iso.datetime().openapi({ example: "2026-11-21T15:04:05.000Z" });

const teamSchema = z.object({
  id: z.string().openapi({ example: "tea_01kabcdefghjkmnpqrstvwxyz0" }),
  name: z.string().openapi({ example: "Cobranza" }),
  skills: z.array(z.string()).openapi({ example: ["cobros"] }),
  when_busy: z.enum(BUSY_POLICIES).openapi({ example: "hold" }),
  overflow_team_id: z.string().nullable().openapi({ example: null }),
  operator_ids: z.array(z.string()).openapi({ example: ["opr_01kabcdefghjkmnpqrstvwxyz0"] }),
  created_at: time,
  updated_at: time,
}).openapi("Team");

export const candidateSchema = z.object({
  operator_id: z.string().openapi({ example: "opr_01kabcdefghjkmnpqrstvwxyz0" }),
  name: z.string().openapi({ example: "Ana Ruiz" }),
  team_id: z.string().nullable().openapi({ example: "tea_01kabcdefghjkmnpqrstvwxyz0" }),
  outcome: z.string().openapi({
    example: "chosen",
    description:
      "chosen, free, or what keeps the operator from it: inactive, excluded, skill_missing, offline, away, busy, full, off_shift",
  }),
  fit: z.number().nullable().openapi({ example: 0.86, description: "How well it fits, of 1" }),
  load: z.number().int().openapi({ example: 1 }),
  capacity: z.number().int().openapi({ example: 5 }),
  waiting_since: time,
}).openapi("AssignmentCandidate");

const choiceSchema = z.object({
  operator_id: z.string().nullable().openapi({ example: "opr_01kabcdefghjkmnpqrstvwxyz0" }),
  team_id: z.string().nullable().openapi({ example: "tea_01kabcdefghjkmnpqrstvwxyz0" }),
  decision: z.string().openapi({
    example: "assigned",
    description: "assigned, held, overflowed, assigned_anyway",
  }),
  explanation: z.array(candidateSchema),
}).openapi("AssignmentChoice");

const one = jsonAnswer(teamSchema, "The team");

export const listTeamsRoute = listContract({
  path: "/api/teams",
  operationId: "listTeams",
  summary: "Teams, who is in them, and what they do when nobody is free",
  tags,
  scope: "operators:read",
  query: {},
  item: teamSchema,
  page: "A page of teams",
});

export const createTeamRoute = contract({
  method: "post",
  path: "/api/teams",
  operationId: "createTeam",
  summary: "Makes a team",
  tags,
  scope: "operators:write",
  request: { body: jsonBody(newTeam) },
  responses: { 201: one, ...problems("conflict") },
});

export const getTeamRoute = contract({
  method: "get",
  path: "/api/teams/{id}",
  operationId: "getTeam",
  summary: "One team",
  tags,
  scope: "operators:read",
  request: { params: idParam },
  responses: { 200: one, ...problems("not_found") },
});

export const changeTeamRoute = contract({
  method: "put",
  path: "/api/teams/{id}",
  operationId: "changeTeam",
  summary: "Changes the fields that are given; operator_ids are all its members",
  tags,
  scope: "operators:write",
  request: { params: idParam, body: jsonBody(teamChange) },
  responses: { 200: one, ...problems("not_found", "conflict") },
});

export const removeTeamRoute = contract({
  method: "delete",
  path: "/api/teams/{id}",
  operationId: "removeTeam",
  summary: "Dissolves a team; its operators stay",
  tags,
  scope: "operators:write",
  request: { params: idParam },
  responses: { 204: { description: "Removed" }, ...problems("not_found") },
});

export const chooseRoute = contract({
  method: "post",
  path: "/api/teams/{id}/choose",
  operationId: "previewAssignment",
  summary: "Who of the team would get a piece of work now, and why; assigns nothing",
  tags,
  scope: "operators:read",
  request: { params: idParam, body: jsonBody(workNeeds) },
  responses: {
    200: jsonAnswer(choiceSchema, "The choice and everybody looked at"),
    ...problems("not_found"),
  },
});
