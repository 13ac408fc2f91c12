import {
  conceptToken,
  featuresOf,
  fold,
  type Locale,
  type Term,
  termsOf,
  termTokens,
  toLocale,
  words,
} from "./text/mod.ts";

/** A term of the question with what the workspace knows of it. */
export interface WeighedTerm extends Term {
  /** How many chunks have it, counted to a cap. */
  readonly chunks: number;
  /** Its share in the question: kind of word times rarity. */
  readonly share: number;
  /** The word of the knowledge that a misspelt one was read as. */
  readonly readAs: string | null;
}

export interface Question {
  readonly terms: readonly WeighedTerm[];
  readonly folded: string;
  readonly locale: Locale | null;
}

export interface Candidate {
  readonly title: string;
  readonly heading: string | null;
  readonly text: string;
  readonly locale: string | null;
}

export interface Score {
  /** 0 to 1. */
  readonly score: number;
  readonly matched: readonly string[];
  readonly missing: readonly string[];
}

/** Tuned on tests/unit/knowledge/questions.ts; the rates that they give are held by answer-quality.test.ts. */
export const POLICY = {
  /** Under this the bot says that it doesn't know. */
  threshold: 0.45,
  /** What a match is worth: the word itself, one read out of a misspelling, another word for the same matter. */
  exact: 1,
  misspelt: 0.85,
  concept: 0.8,
  /** A match in the text and not in the title or heading. */
  inText: 0.8,
  /** The part of the score that says how much of the title the question covers, so that the more specific entry wins. */
  focus: 0.2,
  phrase: 0.12,
  otherLanguage: 0.93,
  /** Rarity spreads a term's share between this and 1. */
  commonest: 0.45,
} as const;

/** How much rarer than the commonest a term is: 1 for what no chunk has, POLICY.commonest for what all have. */
export function rarity(chunksWithIt: number, chunks: number): number {
  const idf = Math.log(1 + (chunks - chunksWithIt + 0.5) / (chunksWithIt + 0.5));
  const most = Math.log(1 + (chunks + 0.5) / 0.5);
  return POLICY.commonest + (1 - POLICY.commonest) * Math.min(1, Math.max(0, idf / most));
}

/** How well a chunk answers the question: the share of the question that it covers, and how well its title fits. */
export function scoreOf(question: Question, candidate: Candidate): Score {
  const locale = toLocale(candidate.locale);
  const label = candidate.heading === null ? candidate.title : `${candidate.title} ${candidate.heading}`;
  const title = featuresOf(label, locale);
  const text = featuresOf(candidate.text, locale);
  const matched: string[] = [];
  const missing: string[] = [];
  let covered = 0;
  let asked = 0;
  let strong = false;
  for (const term of question.terms) {
    const worth = Math.max(worthOf(term, title), POLICY.inText * worthOf(term, text));
    asked += term.share;
    covered += term.share * worth;
    if (worth > 0) matched.push(term.word);
    else missing.push(term.word);
    if (worth > 0 && term.weight === 1) strong = true;
  }
  if (asked === 0) return { score: 0, matched, missing };
  const coverage = covered / asked;
  const focus = focusOf(question, candidate);
  if (!strong && (missing.length > 0 || focus < 0.5)) return { score: 0, matched, missing };
  const said = phraseOf(question, candidate);
  const whole = coverage * (1 - POLICY.focus + POLICY.focus * focus) +
    (coverage > 0.3 ? said * POLICY.phrase : 0);
  const sameLanguage = locale === null || question.locale === null || locale === question.locale;
  const score = Math.min(1, said === 2 ? 1 : whole) * (sameLanguage ? 1 : POLICY.otherLanguage);
  return { score: Math.round(score * 1000) / 1000, matched, missing };
}

function worthOf(term: WeighedTerm, features: ReadonlySet<string>): number {
  if (term.stems.some((each) => features.has(each))) {
    return term.readAs === null ? POLICY.exact : POLICY.misspelt;
  }
  return term.concept !== null && features.has(conceptToken(term.concept)) ? POLICY.concept : 0;
}

/** The share of the title's (or heading's) own terms that the question names. */
function focusOf(question: Question, { title, heading }: Candidate): number {
  const asked = new Set(question.terms.flatMap(termTokens));
  const shares = [title, ...(heading === null ? [] : [heading.split(" > ").at(-1) ?? ""])].map((label) => {
    const terms = termsOf(label);
    const all = terms.reduce((sum, { weight }) => sum + weight, 0);
    const named = terms.filter((term) => termTokens(term).some((token) => asked.has(token)));
    return all === 0 ? 0 : named.reduce((sum, { weight }) => sum + weight, 0) / all;
  });
  return Math.max(...shares);
}

/** 2: the question is the title; 1: one holds the other as it stands, or the text holds the question. */
function phraseOf(question: Question, { title, heading, text }: Candidate): 0 | 1 | 2 {
  const labels = [title, heading?.split(" > ").at(-1)].map((label) => words(label ?? "").join(" ")).filter(
    Boolean,
  );
  if (labels.includes(question.folded)) return 2;
  const long = question.folded.length >= 12;
  if (labels.some((label) => label.length >= 12 && ` ${question.folded} `.includes(` ${label} `))) return 1;
  if (long && labels.some((label) => ` ${label} `.includes(` ${question.folded} `))) return 1;
  return long && fold(text).includes(question.folded) ? 1 : 0;
}
