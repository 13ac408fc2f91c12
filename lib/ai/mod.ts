export { checkBudget } from "../usage/mod.ts";
export { complete } from "./complete.ts";
export { type Attempt, ChainError, type CompleteInput, type Completion } from "./completion.ts";
export { BREAKER, createGates } from "./gate.ts";
export { hasLanguageModel, providerStates } from "./states.ts";
export { type CompletionPart, streamComplete } from "./stream.ts";
