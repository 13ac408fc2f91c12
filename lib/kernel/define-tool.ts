import type { output, ZodObject, ZodType } from "zod";
import type { Scope } from "./scopes.ts";

/**
 * One thing that an agent, an operator at the command line or a workflow can do. Declared once beside its
 * domain; the CLI, MCP, agents and workflow nodes are made from it. `C` is the context type of lib/context.ts.
 */
export interface Tool<C> {
  /** `noun.verb`, for example `conversations.reply`; the CLI says `cauce conversations reply`. */
  readonly name: string;
  readonly summary: string;
  readonly scope: Scope;
  /** True when it can't be undone. */
  readonly destructive: boolean;
  /** It takes or gives a secret: what it is called with and what it answers is never stored. */
  readonly secret?: boolean;
  readonly input: ZodObject;
  readonly output: ZodType;
  /** Parses `input` by the schema (throws ZodError), then calls the verb. */
  call(ctx: C, input: unknown): Promise<unknown>;
}

interface ToolInput<C, S extends ZodObject, O> extends Omit<Tool<C>, "input" | "output" | "call"> {
  readonly input: S;
  readonly output: ZodType<O>;
  readonly run: (ctx: C, input: output<S>) => Promise<O>;
}

export function defineTool<C, S extends ZodObject, O>({ run, ...tool }: ToolInput<C, S, O>): Tool<C> {
  return { ...tool, call: async (ctx, input) => await run(ctx, await tool.input.parseAsync(input)) };
}
