import assert from "node:assert/strict";
import { createLlmTargets, type ProviderName } from "../../lib/adapters/llm/mod.ts";
import type { ChatPart, ChatRequest, LlmTarget } from "../../lib/ports/llm.ts";
import type { FakeLlm } from "../support/fakes/llm.ts";

/** A short question. */
export const ASK: ChatRequest = {
  messages: [{ role: "system", content: "Be short." }, { role: "user", content: "Hello?" }],
};

/** A provider at a fake. */
export function targetOf(
  fake: Pick<FakeLlm, "baseUrl" | "key">,
  name: ProviderName,
  model = "model-a",
): LlmTarget {
  const [target] = createLlmTargets({
    providers: [{ name, apiKey: fake.key, baseUrl: fake.baseUrl }],
    chain: [{ provider: name, model }],
  });
  assert.ok(target);
  return target;
}

/** The whole of a stream. */
export async function collect(
  parts: AsyncIterable<ChatPart>,
): Promise<{ text: string; last: ChatPart | undefined; pieces: number }> {
  let text = "";
  let pieces = 0;
  let last: ChatPart | undefined;
  for await (const part of parts) {
    text += part.text;
    pieces++;
    last = part;
  }
  return { text, last, pieces };
}
