export { createEntry } from "./create.ts";
export { deleteEntry, getEntry, listEntries } from "./entries.ts";
export { reindexKnowledge } from "./reindex.ts";
export { updateEntry } from "./update.ts";
export { type ImportInput, importKnowledge, type ImportResult, kindOfFile } from "./import.ts";
export { type AnswerSource, askKnowledge, type KnowledgeAnswer, type Reason, REASONS } from "./ask.ts";
export { type Hit, type Search, type SearchInput, searchKnowledge } from "./search.ts";
export {
  answerUnanswered,
  dismissUnanswered,
  forgetQuestions,
  listUnanswered,
  recordUnanswered,
  type UnansweredInput,
} from "./unanswered.ts";
export { removeSample, seedSample } from "./sample.ts";
export { SAMPLE_BUSINESS } from "./sample-entries.ts";
export { toEntryDto, toUnansweredDto } from "./present.ts";
export { knowledgeTools } from "./tools.ts";
export * from "./schemas.ts";
export { ENTRY_KINDS, type EntryKind, type EntryRow } from "./store.ts";
export type { UnansweredRow } from "./store-unanswered.ts";
export {
  anyOf,
  fold,
  guessLocale,
  type Locale,
  LOCALES,
  searchForm,
  stem,
  type Term,
  termsOf,
  termTokens,
  toLocale,
  words,
} from "./text/mod.ts";
