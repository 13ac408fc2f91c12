import type { LlmProvider, LlmTarget } from "../../ports/llm.ts";
import { createAnthropicProvider } from "./anthropic.ts";
import { createOpenAiProvider } from "./openai.ts";
import { LLM_PROVIDERS, type ProviderName, type ProviderTraits } from "./providers.ts";

export { LLM_PROVIDERS, type ProviderName } from "./providers.ts";

/** The part of the settings that this reads (`config.llm`). */
export interface LlmChainOptions {
  readonly providers: readonly {
    readonly name: ProviderName;
    readonly apiKey: string | null;
    readonly baseUrl: string | null;
    /** Overrides the table's cap. */
    readonly requestsPerMinute?: number | null;
  }[];
  readonly chain: readonly { readonly provider: ProviderName; readonly model: string }[];
}

/** The chain in order, each pair of provider and model once. Nothing is called and no vendor's package is loaded. */
export function createLlmTargets(
  options: LlmChainOptions,
  { fetch = globalThis.fetch }: { readonly fetch?: typeof globalThis.fetch } = {},
): LlmTarget[] {
  const targets = new Map<string, LlmTarget>();
  const made = new Map<ProviderName, LlmProvider>();
  for (const { provider: name, model } of options.chain) {
    const settings = options.providers.find((known) => known.name === name);
    const traits: ProviderTraits = LLM_PROVIDERS[name];
    const baseUrl = settings?.baseUrl ?? traits.baseUrl;
    if (settings === undefined || baseUrl === null) continue;
    const vendor = { name, apiKey: settings.apiKey, baseUrl, traits };
    const create = name === "anthropic" ? createAnthropicProvider : createOpenAiProvider;
    const provider = made.get(name) ?? create(vendor, { fetch });
    made.set(name, provider);
    const requestsPerMinute = settings.requestsPerMinute === undefined
      ? traits.requestsPerMinute
      : settings.requestsPerMinute;
    targets.set(`${name}:${model}`, { provider, model, requestsPerMinute });
  }
  return [...targets.values()];
}
