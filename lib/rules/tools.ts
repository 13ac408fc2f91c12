import { z } from "zod";
import type { Ctx } from "../context.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { sentimentOf } from "../sentiment/mod.ts";
import { dryRun } from "./dry-run.ts";
import { catalogue } from "./describe.ts";
import { toRuleDto, toRunDto } from "./present.ts";
import { createRule, deleteRule, listRules, listRuns, orderRules, updateRule } from "./rules.ts";
import { dryRunInput, ruleChange, ruleInput, ruleOrder, runQuery } from "./schemas.ts";
import { anything, list, page } from "../kernel/tool-shapes.ts";

/** What an agent, an operator at the command line or a workflow can do with rules. */
export const rulesTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "rules.list",
    summary: "The rules, in the order in which they run",
    scope: "sla:read",
    destructive: false,
    input: z.object({}),
    output: list,
    run: async (ctx: Ctx) => {
      const { data, next_cursor } = await listRules(ctx);
      return { data: data.map(toRuleDto), next_cursor };
    },
  }),
  defineTool({
    name: "rules.catalogue",
    summary: "What rules can wait for, look at and ask",
    scope: "sla:read",
    destructive: false,
    input: z.object({}),
    output: anything,
    run: async (ctx: Ctx) => ({ ...await catalogue(ctx) }),
  }),
  defineTool({
    name: "rules.create",
    summary: "Add a rule: when something happens, or stays so for a time, and conditions hold, do something",
    scope: "sla:write",
    destructive: false,
    input: ruleInput,
    output: anything,
    run: async (ctx: Ctx, input) => toRuleDto(await createRule(ctx, input)),
  }),
  defineTool({
    name: "rules.change",
    summary: "Change a rule, or turn it on or off",
    scope: "sla:write",
    destructive: false,
    input: ruleChange.extend({ id: z.string().min(1) }),
    output: anything,
    run: async (ctx: Ctx, input) => toRuleDto(await updateRule(ctx, input)),
  }),
  defineTool({
    name: "rules.dry_run",
    summary: "Which rules would have acted on the last month's events, and what they would have done",
    scope: "sla:write",
    destructive: false,
    input: dryRunInput,
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await dryRun(ctx, input) }),
  }),
  defineTool({
    name: "rules.runs",
    summary: "What rules did, the latest first",
    scope: "sla:read",
    destructive: false,
    input: runQuery.extend(page.shape),
    output: list,
    run: async (ctx: Ctx, input) => {
      const { data, next_cursor } = await listRuns(ctx, input);
      return { data: data.map(toRunDto), next_cursor };
    },
  }),
  defineTool({
    name: "sentiment.measure",
    summary: "How a customer's text sounds, from -1 to 1, and the words that decided; Spanish and English",
    scope: "conversations:read",
    destructive: false,
    input: z.object({ text: z.string().max(5000) }),
    output: anything,
    run: (_ctx: Ctx, { text }) => Promise.resolve({ ...sentimentOf(text) }),
  }),
  defineTool({
    name: "rules.remove",
    summary: "Take a rule away; what it did stays recorded",
    scope: "sla:write",
    destructive: true,
    input: z.object({ id: z.string().min(1) }),
    output: anything,
    run: async (ctx: Ctx, input) => {
      await deleteRule(ctx, input);
      return { ...input, removed: true };
    },
  }),
  defineTool({
    name: "rules.order",
    summary: "Put the rules into another order: each is named once",
    scope: "sla:write",
    destructive: false,
    input: ruleOrder,
    output: list,
    run: async (ctx: Ctx, { rule_ids }) => {
      const { data, next_cursor } = await orderRules(ctx, rule_ids);
      return { data: data.map(toRuleDto), next_cursor };
    },
  }),
];
