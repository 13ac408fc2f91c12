import { z } from "zod";
import type { Ctx } from "../context.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { anything, list, page, rows } from "../kernel/tool-shapes.ts";
import { latestActivities, listActivities, listSessions, testConnection, watsonStatus } from "./desk.ts";
import { addExample, listExamples, newExample, removeExample } from "./teach.ts";

/** What an operator at the command line, an agent or a workflow can see of Watson's talks, and teach it. */
export const watsonTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "watson.status",
    summary: "State of the integration with Watson: what is set, what was talked and done in the last day",
    scope: "watson:read",
    destructive: false,
    input: z.object({}),
    output: anything,
    run: async (ctx: Ctx) => ({ ...await watsonStatus(ctx) }),
  }),
  defineTool({
    name: "watson.test",
    summary: "Tries each link that a call of Watson needs; changes nothing",
    scope: "watson:read",
    destructive: false,
    input: z.object({}),
    output: anything,
    run: async (ctx: Ctx) => ({ ...await testConnection(ctx) }),
  }),
  defineTool({
    name: "watson.sessions",
    summary: "Talks with Watson, the latest first",
    scope: "watson:read",
    destructive: false,
    input: page,
    output: list,
    run: async (ctx: Ctx, query) => rows(await listSessions(ctx, query)),
  }),
  defineTool({
    name: "watson.activities",
    summary: "The turns of one talk in order, or of all talks, the latest first",
    scope: "watson:read",
    destructive: false,
    input: page.extend({
      session: z.string().min(1).max(64).optional().describe("Our id of the talk (wss_...), as it is listed"),
    }),
    output: list,
    run: async (ctx: Ctx, { session, ...query }) =>
      rows(
        session === undefined
          ? await latestActivities(ctx, query)
          : await listActivities(ctx, { ...query, id: session }),
      ),
  }),
  defineTool({
    name: "watson_examples.list",
    summary: "What the classifier was taught here beside the shipped examples",
    scope: "watson:read",
    destructive: false,
    input: z.object({}),
    output: list,
    run: async (ctx: Ctx) => rows({ data: await listExamples(ctx), next_cursor: null }),
  }),
  defineTool({
    name: "watson_examples.add",
    summary: "Teaches the classifier how people here say something",
    scope: "workspace:write",
    destructive: false,
    input: newExample,
    output: anything,
    run: async (ctx: Ctx, example) => ({ ...await addExample(ctx, example) }),
  }),
  defineTool({
    name: "watson_examples.remove",
    summary: "Forgets an example",
    scope: "workspace:write",
    destructive: true,
    input: z.object({ id: z.string().min(1).describe("The example's id") }),
    output: anything,
    run: async (ctx: Ctx, { id }) => {
      await removeExample(ctx, id);
      return { id, removed: true };
    },
  }),
];
