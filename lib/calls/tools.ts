import { z } from "zod";
import type { Ctx } from "../context.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { changeCall, getCall, listCalls, logCall } from "./log.ts";
import { importCalls } from "./import.ts";
import { callChange, callQuery, callSettingsChange, newCall } from "./schemas.ts";
import { changeCallSettings, getCallSettings } from "./settings.ts";
import { anything, list, page } from "../kernel/tool-shapes.ts";

const id = { id: z.string().min(1) };

/** What an agent, a person at the command line or a workflow can do with the log of calls. */
export const callTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "calls.list",
    summary: "The log of calls, the latest first",
    scope: "calls:read",
    destructive: false,
    input: callQuery.extend(page.shape),
    output: list,
    run: async (ctx: Ctx, input) => {
      const { data, next_cursor } = await listCalls(ctx, input);
      return { data: data.map((row) => ({ ...row })), next_cursor };
    },
  }),
  defineTool({
    name: "calls.show",
    summary: "One call",
    scope: "calls:read",
    destructive: false,
    input: z.object(id),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await getCall(ctx, input) }),
  }),
  defineTool({
    name: "calls.log",
    summary: "Write a call into the log; whose number it is is found out",
    scope: "calls:write",
    destructive: false,
    input: newCall,
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await logCall(ctx, input) }),
  }),
  defineTool({
    name: "calls.change",
    summary: "Add to a call what came of it, who it was, which ticket it was about",
    scope: "calls:write",
    destructive: false,
    input: callChange.extend(id),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await changeCall(ctx, input) }),
  }),
  defineTool({
    name: "calls.import",
    summary: "Take calls out of CSV; good lines are written, bad ones reported",
    scope: "calls:write",
    destructive: false,
    input: z.object({ csv: z.string().min(1) }),
    output: anything,
    run: async (ctx: Ctx, { csv }) => ({ ...await importCalls(ctx, { content: csv }) }),
  }),
  defineTool({
    name: "call_settings.show",
    summary: "What numbers without a country are taken to be, and whether a missed call opens a ticket",
    scope: "calls:read",
    destructive: false,
    input: z.object({}),
    output: anything,
    run: async (ctx: Ctx) => ({ ...await getCallSettings(ctx) }),
  }),
  defineTool({
    name: "call_settings.change",
    summary: "Change what is given of these settings",
    scope: "business:write",
    destructive: false,
    input: callSettingsChange,
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await changeCallSettings(ctx, input) }),
  }),
];
