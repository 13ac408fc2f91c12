import { z } from "zod";
import { complete, type Completion } from "../ai/mod.ts";
import type { Ctx } from "../context.ts";
import { SECOND } from "../kernel/clock.ts";
import { defineFunction, type FunctionRun, type TaskFunction } from "../kernel/define-function.ts";

const MOST_CHARACTERS = 100_000;

const request = z.object({
  prompt: z.string().min(1).max(MOST_CHARACTERS),
  instructions: z.string().max(20_000).optional().describe("What it is to keep to, whatever the prompt says"),
  max_tokens: z.int().min(1).max(32_000).default(1000),
  temperature: z.number().min(0).max(2).optional().describe(
    "0: the same prompt is asked once and its answer kept",
  ),
});
type Request = z.output<typeof request>;

const told = {
  provider: z.string(),
  model: z.string(),
  tokens: z.object({ input: z.number(), output: z.number() }),
};

/** The chain of models, its deadline and the workspace's daily caps are those of every other answer. */
const common = {
  workerType: "NETWORK_INTENSIVE",
  scope: "ai:use",
  timeoutMs: 300 * SECOND,
  args: request,
  endsBy: "result",
} as const;

async function ask({ ctx }: FunctionRun<Ctx>, request: Request, json: boolean): Promise<Completion> {
  const { prompt, instructions, max_tokens: maxTokens, temperature } = request;
  return await complete(ctx, {
    purpose: "task",
    messages: [
      ...(instructions === undefined ? [] : [{ role: "system", content: instructions } as const]),
      { role: "user", content: prompt },
    ],
    maxTokens,
    json,
    ...(temperature === undefined ? {} : { temperature }),
  });
}

export const aiFunctions: readonly TaskFunction<Ctx>[] = [
  defineFunction({
    ...common,
    name: "ai.complete",
    summary: "What a language model answers to a prompt, the first of the chain that can",
    result: z.object({ text: z.string(), cut: z.boolean(), ...told }),
    examples: [{
      args: { prompt: "Resume en una frase: el río crece y el cauce lo lleva.", max_tokens: 100 },
    }],
    run: async (args, run) => {
      const { text, cut, provider, model, usage } = await ask(run, args, false);
      return { text, cut, provider, model, tokens: usage };
    },
  }),
  defineFunction({
    ...common,
    name: "ai.json",
    summary: "What a language model answers to a prompt as one JSON object",
    result: z.object({ value: z.record(z.string(), z.unknown()), ...told }),
    examples: [{
      args: { prompt: "Name and city in: Ana lives in Lima. Keys: name, city.", temperature: 0 },
    }],
    run: async (args, run) => {
      const { text, provider, model, usage } = await ask(run, args, true);
      return {
        value: z.record(z.string(), z.unknown()).parse(JSON.parse(text)),
        provider,
        model,
        tokens: usage,
      };
    },
  }),
];
