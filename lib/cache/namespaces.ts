import { DAY, HOUR, MINUTE } from "../kernel/clock.ts";

export interface CacheNamespaceRow {
  readonly ttlMs: number;
  readonly about: string;
}

/** What is cached, and for how long unless the caller says otherwise. Entries belong to one workspace each. */
export const CACHE_NAMESPACES = {
  llm: { ttlMs: DAY, about: "Answers of language models to equal requests" },
  knowledge: { ttlMs: 10 * MINUTE, about: "Results of searches in the knowledge" },
  business: { ttlMs: MINUTE, about: "Settings of the business" },
  models: { ttlMs: HOUR, about: "Lists of models that providers offer" },
} as const satisfies Record<string, CacheNamespaceRow>;

export type CacheNamespace = keyof typeof CACHE_NAMESPACES;
