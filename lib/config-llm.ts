import type { Config } from "./config.ts";
import { LLM_PROVIDER_NAMES, type LlmProviderName, type Settings } from "./config-schema.ts";

const DEFAULT_MODELS: Readonly<Record<LlmProviderName, string>> = {
  gemini: "gemini-2.5-flash",
  openai: "gpt-4o-mini",
  anthropic: "claude-haiku-4-5",
  xai: "grok-3-mini",
  siliconflow: "Qwen/Qwen2.5-7B-Instruct",
  ark: "doubao-1-5-lite-32k",
  ollama: "llama3.2",
  lmstudio: "local-model",
  compatible: "default",
};
/** Local servers need an address and no key. */
const KEYLESS: ReadonlySet<LlmProviderName> = new Set(["ollama", "lmstudio", "compatible"]);

export interface LlmProviderConfig {
  readonly name: LlmProviderName;
  readonly apiKey: string | null;
  readonly baseUrl: string | null;
  /** Of LLM_RPM; null: no cap. Left out: the provider's usual one. */
  readonly requestsPerMinute?: number | null;
}

/** The deadline and the daily caps. */
export function llmLimits(settings: Settings) {
  return {
    deadlineMs: settings.LLM_TIMEOUT,
    dailyCalls: settings.LLM_DAILY_CALLS,
    dailyTokens: settings.LLM_DAILY_TOKENS,
    visitorDailyCalls: settings.LLM_VISITOR_DAILY_CALLS,
  };
}

/** `gemini:1000,openai:0` by provider; 0 takes the cap away. */
function minuteCaps(text: string | undefined, problems: string[]) {
  const caps = new Map<LlmProviderName, { readonly requestsPerMinute: number | null }>();
  for (const part of (text ?? "").split(",").map((one) => one.trim()).filter(Boolean)) {
    const [name, count] = part.split(":").map((one) => one.trim());
    const provider = LLM_PROVIDER_NAMES.find((known) => known === name);
    if (provider === undefined || !/^\d{1,6}$/.test(count ?? "")) {
      problems.push(`LLM_RPM: "${part}" is not provider:number; known: ${LLM_PROVIDER_NAMES.join(", ")}`);
    } else caps.set(provider, { requestsPerMinute: Number(count) || null });
  }
  return caps;
}

/** The providers that are configured, and their order. */
export function llmSettings(
  settings: Settings,
  problems: string[],
): Pick<Config["llm"], "providers" | "chain"> {
  const setting = (name: LlmProviderName, end: string) => {
    const value: unknown = Reflect.get(settings, `${name.toUpperCase()}_${end}`);
    return typeof value === "string" && value !== "" ? value : null;
  };
  const caps = minuteCaps(settings.LLM_RPM, problems);
  if (setting("compatible", "API_KEY") !== null && setting("compatible", "BASE_URL") === null) {
    problems.push("COMPATIBLE_BASE_URL: must be set with COMPATIBLE_API_KEY, there is no usual address");
  }
  const providers = LLM_PROVIDER_NAMES
    .map((name) => ({
      name,
      apiKey: setting(name, "API_KEY"),
      baseUrl: setting(name, "BASE_URL"),
      ...caps.get(name),
    }))
    .filter(({ name, apiKey, baseUrl }) => apiKey !== null || (KEYLESS.has(name) && baseUrl !== null));
  if (!settings.LLM_CHAIN) {
    return {
      providers,
      chain: providers.map(({ name }) => ({ provider: name, model: DEFAULT_MODELS[name] })),
    };
  }
  const chain = settings.LLM_CHAIN.split(",").map((part) => part.trim()).filter(Boolean).flatMap((part) => {
    const colon = part.indexOf(":");
    const name = (colon < 0 ? part : part.slice(0, colon)).trim();
    const provider = LLM_PROVIDER_NAMES.find((known) => known === name);
    if (provider === undefined) {
      problems.push(`LLM_CHAIN: "${name}" is not a provider; known: ${LLM_PROVIDER_NAMES.join(", ")}`);
      return [];
    }
    if (!providers.some((known) => known.name === provider)) {
      const need = KEYLESS.has(provider) ? "BASE_URL" : "API_KEY";
      problems.push(`LLM_CHAIN: "${name}" is named but ${name.toUpperCase()}_${need} is not set`);
    }
    return [{ provider, model: colon < 0 ? DEFAULT_MODELS[provider] : part.slice(colon + 1).trim() }];
  });
  return { providers, chain };
}
