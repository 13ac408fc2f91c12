import { fieldInText, sayField } from "./fields.ts";
import type { TicketRow } from "./store.ts";
import { referenceOf } from "./present.ts";

/** What a prepared text may ask for. */
export const PLACEHOLDERS = [
  "contact.name",
  "operator.name",
  "ticket.reference",
  "ticket.subject",
  "ticket.number",
] as const;
type Placeholder = typeof PLACEHOLDERS[number];

const MARK = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** The names that a text asks for. */
export function placeholdersIn(text: string): string[] {
  return [...text.matchAll(MARK)].map(([, name = ""]) => name);
}

/** What is wrong with the placeholders of a text; null: nothing. Which custom fields there are is not known here. */
export function placeholderProblem(text: string): string | null {
  const first = placeholdersIn(text).find((name) => !isKnown(name) && fieldInText(name) === null);
  if (first !== undefined) {
    return `{{${first}}} is none of ${
      PLACEHOLDERS.join(", ")
    } and ticket.fields. with the key of a custom field`;
  }
  const rest = text.replaceAll(MARK, "");
  return rest.includes("{{") || rest.includes("}}") ? "a {{ or }} stands alone" : null;
}

function isKnown(name: string): name is Placeholder {
  return PLACEHOLDERS.some((known) => known === name);
}

/** The text with what it asks for; what is not known leaves no gap behind. */
export function fillPlaceholders(
  text: string,
  { ticket, contact, operator, language }: {
    ticket: Pick<TicketRow, "number" | "subject" | "fields">;
    contact: string | null;
    operator: string | null;
    language: "es" | "en";
  },
): string {
  const values: Record<Placeholder, string> = {
    "contact.name": contact ?? "",
    "operator.name": operator ?? "",
    "ticket.reference": referenceOf(ticket.number),
    "ticket.subject": ticket.subject,
    "ticket.number": String(ticket.number),
  };
  const valueOf = (name: string) => sayField(ticket.fields[fieldInText(name) ?? ""], language);
  return text.replaceAll(MARK, (_all, name: string) => isKnown(name) ? values[name] : valueOf(name))
    .replaceAll(/ +(?=[,.;:!?])/g, "").replaceAll(/ {2,}/g, " ").trim();
}
