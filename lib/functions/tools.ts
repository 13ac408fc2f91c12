import type { Ctx } from "../context.ts";
import { defineFunction, type TaskFunction } from "../kernel/define-function.ts";
import type { Tool } from "../kernel/define-tool.ts";
import { MINUTE } from "../kernel/clock.ts";

/**
 * A tool as a function of its own name, for whoever holds its scope. One attempt, unless its worker dies: what a tool
 * writes ends the task in the same commit, so it is written once.
 */
export function toolFunction(tool: Tool<Ctx>): TaskFunction<Ctx> {
  return defineFunction({
    name: tool.name,
    summary: tool.summary,
    workerType: "IO_INTENSIVE",
    args: tool.input,
    result: tool.output,
    examples: [],
    scope: tool.scope,
    attempts: 1,
    timeoutMs: 10 * MINUTE,
    run: async (args, { ctx }) => await tool.call(ctx, args),
  });
}
