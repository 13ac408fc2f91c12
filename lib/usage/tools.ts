import { z } from "zod";
import type { Ctx } from "../context.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { anything } from "../kernel/tool-shapes.ts";
import { usageView } from "./view.ts";

const moment = z.iso.datetime({ offset: true }).optional();

/** What an agent or a person at the command line can ask of the use of language models. */
export const usageTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "usage.show",
    summary: "What the language models were asked, by day, model and purpose; the last 30 days by default",
    scope: "usage:read",
    destructive: false,
    input: z.object({ from: moment, to: moment }),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await usageView(ctx, input) }),
  }),
];
