import { z } from "zod";
import { schemaRefusal } from "../kernel/issues.ts";
import { cleanText } from "../kernel/text.ts";
import { ENTRY_KINDS } from "./store.ts";
import { LOCALES } from "./text/mod.ts";

/** Characters. A pair's answer goes out in one message; a document is cut into chunks. */
export const LIMITS = {
  title: 500,
  answer: 10_000,
  document: 1_000_000,
  question: 20_000,
  tags: 20,
  tag: 60,
  source: 500,
  entries: 500,
  file: 5_000_000,
  pairs: 5000,
  chunks: 2000,
} as const;

export const entryKind = z.enum(ENTRY_KINDS).meta({ example: "pair" });
export const localeInput = z.enum(LOCALES).nullable().meta({
  example: "es",
  description: "null: guessed from the text",
});

const text = (most: number) => z.string().transform(cleanText).pipe(z.string().trim().min(1).max(most));

const fields = {
  kind: entryKind,
  title: text(LIMITS.title).meta({
    example: "¿Cuál es su horario?",
    description: "A question, or a document's title",
  }),
  body: text(LIMITS.document).meta({
    example: "Abrimos de lunes a sábado de 9:00 a 19:00.",
    description: "The answer, or a document's text",
  }),
  locale: localeInput,
  tags: z.array(text(LIMITS.tag)).max(LIMITS.tags).meta({ example: ["horario"] }),
  source: text(LIMITS.source).nullable().meta({
    example: "faq.csv",
    description: "The file or address that it came from",
  }),
  enabled: z.boolean().meta({ example: true, description: "False: kept, but never used in an answer" }),
};

const pairIsShort = (entry: { kind?: string | undefined; body?: string | undefined }) =>
  entry.kind !== "pair" || (entry.body?.length ?? 0) <= LIMITS.answer;
const PAIR_TOO_LONG = {
  path: ["body"],
  message: `An answer has at most ${LIMITS.answer} characters; add it as a text instead`,
};

/** What makes an entry. Only the title and the body are needed. */
export const entryInput = z.object({
  ...fields,
  kind: fields.kind.default("pair"),
  locale: fields.locale.optional(),
  tags: fields.tags.default([]),
  source: fields.source.default(null),
  enabled: fields.enabled.default(true),
}).refine(pairIsShort, PAIR_TOO_LONG);
export type EntryInput = z.input<typeof entryInput>;

/** The entry with its defaults. Throws 422 with every path named, under `at` when it is one of many. */
export function parseEntry(input: EntryInput, at?: string): z.output<typeof entryInput> {
  const parsed = entryInput.safeParse(input);
  if (parsed.success) return parsed.data;
  throw schemaRefusal(parsed.error, at === undefined ? [] : [at]);
}

/** What changes an entry; absent is unchanged. */
export const entryChange = z.object(fields).partial();
export type EntryChange = z.infer<typeof entryChange>;

export const listQuery = z.object({
  kind: entryKind.optional(),
  locale: z.enum(LOCALES).optional().meta({ example: "es" }),
  tag: z.string().min(1).max(LIMITS.tag).optional().meta({ example: "horario" }),
  search: z.string().min(1).max(200).optional().meta({
    example: "garantía",
    description: "Words of the title",
  }),
});
export type ListFilter = z.infer<typeof listQuery>;

export const askInput = z.object({
  question: text(LIMITS.question).meta({ example: "¿A qué hora abren el sábado?" }),
  locale: localeInput.optional(),
  limit: z.int().min(1).max(20).optional().meta({ example: 5, description: "How many candidates to show" }),
});

export const IMPORT_KINDS = ["pairs", "text", "markdown", "csv", "pdf"] as const;
export type ImportKind = typeof IMPORT_KINDS[number];

export const importTextInput = z.object({
  kind: z.enum(["text", "markdown", "csv"]).meta({ example: "csv" }),
  text: text(LIMITS.file).meta({ example: "pregunta,respuesta\n¿Dan garantía?,Sí: 90 días." }),
  title: fields.title.optional(),
  source: fields.source.optional(),
  locale: fields.locale.optional(),
  tags: fields.tags.optional(),
});

export const answerInput = z.object({
  answer: text(LIMITS.answer).meta({ example: "Sí, 90 días en mano de obra." }),
  title: text(LIMITS.title).optional().meta({
    example: "¿Dan garantía?",
    description: "Default: the question as it was asked",
  }),
  locale: fields.locale.optional(),
});
export type AnswerInput = z.infer<typeof answerInput>;

export const UNANSWERED_STATES = ["open", "answered", "dismissed"] as const;
export type UnansweredState = typeof UNANSWERED_STATES[number];
