import { z } from "zod";
import { WHATSAPP_LIMITS } from "../ports/whatsapp-content.ts";
import { TEMPLATE_CATEGORIES } from "../ports/whatsapp.ts";

const L = WHATSAPP_LIMITS;

/** Longest text of each part (template components reference). */
const PART_TEXT: Readonly<Record<string, number>> = { HEADER: L.header, BODY: 1024, FOOTER: L.footer };
const MAX_BUTTONS = 10;

const component = z.looseObject({
  type: z.string().transform((type) => type.toUpperCase()).pipe(z.string().regex(/^[A-Z_]{1,40}$/)),
  text: z.string().optional(),
}).superRefine((part, ctx) => {
  const { type, text } = part;
  const max = PART_TEXT[type];
  const refuse = (message: string) => ctx.addIssue({ code: "custom", path: ["text"], message });
  if (text !== undefined && max !== undefined) {
    if (text.trim() === "") refuse("is blank");
    if (text.length > max) refuse(`at most ${max} characters in ${type}`);
    const problem = variablesProblem(text);
    if (problem !== null) refuse(problem);
  }
  const buttons: unknown = part["buttons"];
  if (Array.isArray(buttons) && buttons.length > MAX_BUTTONS) {
    ctx.addIssue({ code: "custom", path: ["buttons"], message: `at most ${MAX_BUTTONS}` });
  }
});

const components = z.array(component).min(1).max(20).superRefine((parts, ctx) => {
  for (const type of ["HEADER", "BODY", "FOOTER", "BUTTONS"]) {
    const found = parts.filter((part) => part.type === type).length;
    if (found > 1) ctx.addIssue({ code: "custom", message: `at most one ${type}` });
    if (found === 0 && type === "BODY") ctx.addIssue({ code: "custom", message: "needs a BODY" });
  }
}).meta({ example: [{ type: "BODY", text: "Le esperamos mañana a las diez." }] });

const where = {
  /** The number whose business account it is; may be left out while there is one. */
  channel_account_id: z.string().meta({ example: "cha_01kabcdefghjkmnpqrstvwxyz0" }).optional(),
};

export const newTemplate = z.object({
  ...where,
  name: z.string().regex(/^[a-z0-9_]+$/, "has only a-z, 0-9 and _").max(L.templateName)
    .meta({ example: "recordatorio_de_visita" }),
  language: z.string().regex(/^[a-z]{2,3}(_[A-Za-z0-9]{2,4})?$/, "must be like es or es_MX")
    .meta({ example: "es_MX" }),
  category: z.enum(TEMPLATE_CATEGORIES),
  components,
});
export type NewTemplate = z.input<typeof newTemplate>;

export const templateChange = z.object({
  id: z.string().min(1),
  category: z.enum(TEMPLATE_CATEGORIES).optional(),
  components,
});
export type TemplateChange = z.input<typeof templateChange>;

export const templateQuery = z.object({
  ...where,
  status: z.string().transform((status) => status.toUpperCase()).optional(),
  name: z.string().optional(),
});

export const templateSync = z.object(where);

/** The names within `{{...}}` of a text, in order, each once. */
export function templateVariables(text: string): string[] {
  return [...new Set([...text.matchAll(/\{\{\s*([^{}]*?)\s*\}\}/g)].map((match) => match[1] ?? ""))];
}

/** Meta refuses these at once: numbers that are not 1, 2, 3..., names with other characters, a mixture. */
function variablesProblem(text: string): string | null {
  const names = templateVariables(text);
  const numbered = names.filter((name) => /^\d+$/.test(name));
  if (numbered.length === 0) {
    const odd = names.find((name) => !/^[a-z][a-z0-9_]*$/.test(name));
    return odd === undefined ? null : `the variable {{${odd}}} must be a number or have only a-z, 0-9 and _`;
  }
  if (numbered.length < names.length) return "variables are all numbers or all names";
  const ordered = names.map(Number).sort((a, b) => a - b).every((number, i) => number === i + 1);
  return ordered ? null : "numbered variables must be {{1}}, {{2}}... without a gap";
}
