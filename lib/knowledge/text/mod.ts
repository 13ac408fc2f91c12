export { fold, words } from "./fold.ts";
export { guessLocale, type Locale, LOCALES, toLocale } from "./language.ts";
export { sentences } from "./sentences.ts";
export { allowedEdits, distance, soundOf } from "./sound.ts";
export { stem, stems } from "./stem.ts";
export { wordWeight } from "./stop-words.ts";
export {
  anyOf,
  conceptToken,
  featuresOf,
  fingerprintOf,
  searchForm,
  type Term,
  termsOf,
  termTokens,
} from "./terms.ts";
