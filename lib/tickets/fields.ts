import { z } from "zod";
import { dateInput } from "../business-time/schemas.ts";
import { AppError, type FieldError } from "../kernel/errors.ts";
import { cleanText } from "../kernel/text.ts";

const LIMITS = { text: 2000, options: 100, option: 100, label: 100 } as const;

const shortText = (max: number) =>
  z.string().max(max).transform((text) => cleanText(text).trim()).pipe(
    z.string().min(1, "must not be empty"),
  );

/** What the value of each type is; a date is a day that there is. */
const TYPES = {
  text: () => shortText(LIMITS.text),
  number: () => z.number(),
  integer: () => z.int(),
  boolean: () => z.boolean(),
  date: () => dateInput,
  select: (options) => z.enum(options),
  multi_select: (options) =>
    z.array(z.enum(options)).max(LIMITS.options).transform((all) => [...new Set(all)]),
} as const satisfies Record<string, (options: string[]) => z.ZodType>;

export const FIELD_TYPES = [
  "text",
  "number",
  "integer",
  "boolean",
  "date",
  "select",
  "multi_select",
] as const;

const needsOptions = (type: string) => type === "select" || type === "multi_select";

/** A custom field of tickets. */
export const fieldDefinition = z.object({
  key: z.string().regex(/^[a-z][a-z0-9_]{0,40}$/, "has a-z, 0-9 and _, and begins with a letter")
    .meta({ example: "modelo" }),
  label: shortText(LIMITS.label).meta({ example: "Modelo" }),
  type: z.enum(FIELD_TYPES).meta({ example: "text" }),
  required: z.boolean().default(false).meta({
    example: false,
    description: "A person who opens a ticket has to give it",
  }),
  options: z.array(shortText(LIMITS.option)).max(LIMITS.options).default([]).meta({ example: [] }),
}).superRefine(({ type, options }, ctx) => {
  if (needsOptions(type) === options.length > 0) return;
  const message = needsOptions(type) ? "say what there is to choose from" : `a ${type} has no options`;
  ctx.addIssue({ code: "custom", path: ["options"], message });
});
export type FieldDefinition = z.output<typeof fieldDefinition>;

const FLAG = { true: { es: "sí", en: "yes" }, false: { es: "no", en: "no" } } as const;

/** The value of a custom field as people read it; of none nothing. */
export function sayField(value: unknown, language: "es" | "en"): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return FLAG[`${value}`][language];
  return Array.isArray(value) ? value.map(String).join(", ") : String(value);
}

/** How a text asks for a custom field of the ticket. */
const IN_TEXT = /^ticket\.fields\.([a-z][a-z0-9_]{0,40})$/;

/** The key that a name in a text asks for; null: it asks for something else. */
export function fieldInText(name: string): string | null {
  return IN_TEXT.exec(name)?.[1] ?? null;
}

interface Given {
  readonly definitions: readonly FieldDefinition[];
  readonly given: Readonly<Record<string, unknown>>;
  readonly before: Readonly<Record<string, unknown>>;
  /** Whether what is required has to be there. */
  readonly complete: boolean;
}

/**
 * The custom fields that a ticket has afterwards: what is given over what was there, null takes a value away. What it
 * has may be given as it is, or taken away, whatever the desk defines by now. Throws 422 that names each wrong one.
 */
export function fieldsAfter({ definitions, given, before, complete }: Given): Record<string, unknown> {
  const errors: FieldError[] = [];
  const after = new Map(Object.entries(before));
  for (const [key, value] of Object.entries(given)) {
    const definition = definitions.find((one) => one.key === key);
    const isKept = after.has(key) && JSON.stringify(value) === JSON.stringify(after.get(key));
    if (isKept) continue;
    if (value === null && (definition !== undefined || after.has(key))) {
      after.delete(key);
    } else if (definition === undefined) {
      errors.push({ path: `fields.${key}`, message: "there is no such field" });
    } else {
      const parsed = TYPES[definition.type](definition.options).safeParse(value);
      if (parsed.success) after.set(key, parsed.data);
      else errors.push({ path: `fields.${key}`, message: parsed.error.issues[0]?.message ?? "is not valid" });
    }
  }
  const missing = definitions.filter(({ key, required }) => required && !after.has(key));
  for (const { key } of complete ? missing : missing.filter((one) => Object.hasOwn(given, one.key))) {
    errors.push({ path: `fields.${key}`, message: "is required" });
  }
  if (errors.length === 0) return Object.fromEntries(after);
  const detail = errors.slice(0, 3).map(({ path, message }) => `${path}: ${message}`).join("; ");
  throw new AppError("validation_failed", detail, { errors });
}
