import { z } from "@hono/zod-openapi";
import {
  answerInput,
  askInput,
  entryChange,
  entryInput,
  importTextInput,
  LIMITS,
  LOCALES,
  REASONS,
  UNANSWERED_STATES,
} from "../../lib/knowledge/mod.ts";
import { ENTRY_KINDS } from "../../lib/knowledge/mod.ts";

const ENTRY_ID = "knw_01kabcdefghjkmnpqrstvwxyz0";
const TIME = "2026-01-05T15:30:00.000Z";

const locale = z.string().nullable().openapi({ example: "es" });
const title = z.string().openapi({ example: "¿Cuál es su horario?" });
const score = z.number().openapi({ example: 0.87, description: "0 to 1" });
const quote = z.string().openapi({ example: "Abrimos de lunes a viernes de 8:00 a 19:00." });
const entryId = z.string().openapi({ example: ENTRY_ID });

export const entrySchema = z.object({
  id: z.string().openapi({ example: ENTRY_ID }),
  kind: z.enum(ENTRY_KINDS).openapi({ example: "pair" }),
  title,
  body: z.string().openapi({
    example: "Abrimos de lunes a viernes de 8:00 a 19:00.",
    description: "In a list: the first 2,000 characters",
  }),
  locale,
  tags: z.array(z.string()).openapi({ example: ["horario"] }),
  source: z.string().nullable().openapi({ example: "faq.csv" }),
  sample: z.boolean().openapi({ example: false, description: "Part of the sample business" }),
  enabled: z.boolean().openapi({ example: true }),
  created_at: z.iso.datetime().openapi({ example: TIME }),
  updated_at: z.iso.datetime().openapi({ example: TIME }),
}).openapi("KnowledgeEntry");

export const entryBody = entryInput.meta({ id: "KnowledgeEntryInput" });
export const changeBody = entryChange.meta({ id: "KnowledgeEntryChange" });
export const askBody = askInput.meta({ id: "KnowledgeQuestion" });
export const answerBody = answerInput.meta({ id: "UnansweredAnswer" });

const pairsBody = z.object({
  kind: z.literal("pairs").openapi({ example: "pairs" }),
  pairs: z.array(z.object({
    question: z.string().openapi({ example: "¿Dan garantía?" }),
    answer: z.string().openapi({ example: "Sí: 90 días." }),
    locale: z.enum(LOCALES).nullish().openapi({ example: "es" }),
    tags: z.array(z.string()).optional().openapi({ example: ["garantia"] }),
  })).min(1).max(LIMITS.pairs),
  source: z.string().max(LIMITS.source).optional().openapi({ example: "faq" }),
});
export const importBody = z.discriminatedUnion("kind", [
  pairsBody,
  ...(["text", "markdown", "csv"] as const).map((kind) =>
    importTextInput.extend({ kind: z.literal(kind).openapi({ example: kind }) })
  ),
]).openapi("KnowledgeImport");
export const importForm = z.object({
  file: z.custom<File>((value) => value instanceof File, "Send the file in the field `file`")
    .openapi({
      type: "string",
      format: "binary",
      example: "faq.csv",
      description: ".csv, .md, .txt or .pdf",
    }),
  title: z.string().max(LIMITS.title).optional().openapi({ example: "Preguntas frecuentes" }),
  locale: z.enum(LOCALES).optional().openapi({ example: "es" }),
  tags: z.string().max(1000).optional().openapi({
    example: "horario, precios",
    description: "Parted by commas",
  }),
}).openapi("KnowledgeFile");

export const importedSchema = z.object({
  created: z.int().openapi({ example: 20 }),
  skipped: z.int().openapi({
    example: 1,
    description: "Known already, or rows without a question or an answer",
  }),
  data: z.array(entrySchema).openapi({ description: "The first hundred of those created" }),
}).openapi("KnowledgeImported");

const hitSchema = z.object({
  entry_id: entryId,
  kind: z.enum(ENTRY_KINDS).openapi({ example: "pair" }),
  title,
  heading: z.string().nullable().openapi({ example: null, description: "Where in a document" }),
  text: quote,
  quote,
  locale,
  source: z.string().nullable().openapi({ example: "faq.csv" }),
  score,
  matched: z.array(z.string()).openapi({
    example: ["abren", "sabado"],
    description: "Words that it speaks to",
  }),
  missing: z.array(z.string()).openapi({ example: [], description: "Words that it does not speak to" }),
}).openapi("KnowledgeHit");

export const askedSchema = z.object({
  answered: z.boolean().openapi({ example: true }),
  answer: z.string().openapi({
    example: "Abrimos de lunes a viernes de 8:00 a 19:00.\n\nFuente: ¿Cuál es su horario?",
  }),
  locale: z.enum(LOCALES).openapi({ example: "es" }),
  sources: z.array(z.object({ entry_id: entryId, title, quote, score })),
  candidates: z.array(hitSchema),
  reason: z.enum(REASONS).openapi({ example: "matched" }),
  threshold: z.number().openapi({ example: 0.45, description: "The score that an answer needs" }),
  terms: z.array(z.object({
    word: z.string().openapi({ example: "horairo" }),
    read_as: z.string().nullable().openapi({
      example: "horario",
      description: "What a misspelt word was read as",
    }),
  })),
}).openapi("KnowledgeAnswer");

export const unansweredSchema = z.object({
  id: z.string().openapi({ example: "unq_01kabcdefghjkmnpqrstvwxyz0" }),
  question: z.string().openapi({ example: "¿Rentan aires acondicionados?" }),
  locale,
  times: z.int().openapi({ example: 3 }),
  state: z.enum(UNANSWERED_STATES).openapi({ example: "open" }),
  entry_id: z.string().nullable().openapi({ example: null }),
  conversation_id: z.string().nullable().openapi({ example: "cnv_01kabcdefghjkmnpqrstvwxyz0" }),
  dismissed_at: z.iso.datetime().nullable().openapi({ example: null }),
  created_at: z.iso.datetime().openapi({ example: TIME }),
  last_asked_at: z.iso.datetime().openapi({ example: TIME }),
}).openapi("UnansweredQuestion");

export const unansweredQuery = z.object({
  state: z.enum(UNANSWERED_STATES).default("open").openapi({ example: "open" }),
});
