import type { Ctx } from "../context.ts";
import type { GateState } from "../ports/llm.ts";

/** The chain in order, as this process knows it; for health. Calls nobody. */
export function providerStates(ctx: Pick<Ctx, "ports">): readonly GateState[] {
  return ctx.ports.llm.map((gate) => gate.state());
}

/** True when there is a provider at all; it may be failing. */
export function hasLanguageModel(ctx: Pick<Ctx, "ports">): boolean {
  return ctx.ports.llm.length > 0;
}
