import { createLlmTargets, type ProviderName } from "../../lib/adapters/llm/mod.ts";
import { createGates } from "../../lib/ai/mod.ts";
import { type Clock, systemClock } from "../../lib/kernel/clock.ts";
import type { LlmGate } from "../../lib/ports/llm.ts";
import type { FakeLlm } from "./fakes/llm.ts";

export interface GateWish {
  readonly name: ProviderName;
  readonly fake: Pick<FakeLlm, "baseUrl" | "key">;
  readonly model?: string;
  readonly requestsPerMinute?: number | null;
}

/** The port over fakes, in the order given; no minute cap unless one is wished. */
export function gatesOf(wishes: readonly GateWish[], clock: Clock = systemClock): readonly LlmGate[] {
  const targets = createLlmTargets({
    providers: wishes.map(({ name, fake, requestsPerMinute = null }) => ({
      name,
      apiKey: fake.key,
      baseUrl: fake.baseUrl,
      requestsPerMinute,
    })),
    chain: wishes.map(({ name, model = "model-a" }) => ({ provider: name, model })),
  });
  return createGates(targets, clock);
}
