import { z } from "zod";
import type { Ctx } from "../context.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { anything, list, page, rows } from "../kernel/tool-shapes.ts";
import { previewChoice, toChoiceDto } from "./choose.ts";
import { createOperator, getOperator, listOperators } from "./operators.ts";
import { setOwnPresence, setPresence } from "./presence.ts";
import { newOperator, newTeam, operatorQuery, presenceInput, teamChange, workNeeds } from "./schemas.ts";
import { changeTeam, createTeam, getTeam, listTeams, removeTeam } from "./teams.ts";

const one = z.object({ id: z.string().min(1) });

/** What an agent, a person at the command line or a workflow can do with operators and teams. */
export const operatorTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "operators.list",
    summary: "Operators with their skills, presence, shift and load",
    scope: "operators:read",
    destructive: false,
    input: operatorQuery.extend(page.shape),
    output: list,
    run: async (ctx: Ctx, input) => rows(await listOperators(ctx, input)),
  }),
  defineTool({
    name: "operators.show",
    summary: "One operator",
    scope: "operators:read",
    destructive: false,
    input: one,
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await getOperator(ctx, input) }),
  }),
  defineTool({
    name: "operators.create",
    summary: "Add an operator",
    scope: "operators:write",
    destructive: false,
    input: newOperator,
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await createOperator(ctx, input) }),
  }),
  defineTool({
    name: "operators.presence",
    summary: "Say whether an operator is there; without an id, the caller",
    scope: "operators:read",
    destructive: false,
    input: presenceInput.extend({ id: z.string().min(1).optional() }),
    output: anything,
    run: async (ctx: Ctx, { id, ...input }) => ({
      ...await (id === undefined ? setOwnPresence(ctx, input) : setPresence(ctx, { id, ...input })),
    }),
  }),
  defineTool({
    name: "operators.choose",
    summary: "Who would get a piece of work now, and why; assigns nothing",
    scope: "operators:read",
    destructive: false,
    input: workNeeds.extend({ team_id: z.string().nullable().default(null) }),
    output: anything,
    run: async (ctx: Ctx, { team_id, ...needs }) =>
      toChoiceDto(await previewChoice(ctx, { teamId: team_id, ...needs })),
  }),
  defineTool({
    name: "teams.list",
    summary: "Teams, who is in them, and what they do when nobody is free",
    scope: "operators:read",
    destructive: false,
    input: page,
    output: list,
    run: async (ctx: Ctx, input) => rows(await listTeams(ctx, input)),
  }),
  defineTool({
    name: "teams.show",
    summary: "One team",
    scope: "operators:read",
    destructive: false,
    input: one,
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await getTeam(ctx, input) }),
  }),
  defineTool({
    name: "teams.create",
    summary: "Add a team",
    scope: "operators:write",
    destructive: false,
    input: newTeam,
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await createTeam(ctx, input) }),
  }),
  defineTool({
    name: "teams.change",
    summary: "Change what is given of a team; operator_ids are all its members from then on",
    scope: "operators:write",
    destructive: false,
    input: teamChange.extend(one.shape),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await changeTeam(ctx, input) }),
  }),
  defineTool({
    name: "teams.remove",
    summary: "Take a team away; its operators stay, what it held is anybody's",
    scope: "operators:write",
    destructive: true,
    input: one,
    output: anything,
    run: async (ctx: Ctx, { id }) => {
      await removeTeam(ctx, { id });
      return { id, removed: true };
    },
  }),
];
