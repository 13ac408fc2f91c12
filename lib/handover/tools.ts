import { z } from "zod";
import type { Ctx } from "../context.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { anything } from "../kernel/tool-shapes.ts";
import { operatorChange } from "../operators/schemas.ts";
import { changeOperator, deactivateOperator, removeOperator } from "./leave.ts";
import { handoverInput } from "./schemas.ts";

const input = handoverInput.extend({ id: z.string().min(1) });

/** What an agent, a person at the command line or a workflow can do when an operator leaves. */
export const handoverTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "operators.deactivate",
    summary: "Give an operator no more work, and say what becomes of what they have",
    scope: "operators:write",
    destructive: false,
    input,
    output: anything,
    run: async (ctx: Ctx, given) => ({ ...await deactivateOperator(ctx, given) }),
  }),
  defineTool({
    name: "operators.remove",
    summary: "Take an operator away, and say what becomes of their open tickets and visits",
    scope: "operators:write",
    destructive: true,
    input,
    output: z.object({ removed: z.boolean() }),
    run: async (ctx: Ctx, given) => {
      await removeOperator(ctx, given);
      return { removed: true };
    },
  }),
  defineTool({
    name: "operators.change",
    summary: "Change what is given of an operator: skills, capacity, shifts, teams",
    scope: "operators:write",
    destructive: false,
    input: operatorChange.extend(input.shape),
    output: anything,
    run: async (ctx: Ctx, given) => ({ ...await changeOperator(ctx, given) }),
  }),
];
