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

/** What is wrong with the placeholders of a text; null: nothing. */
export function placeholderProblem(text: string): string | null {
  const unknown = [...text.matchAll(MARK)].map(([, name = ""]) => name).filter((name) => !isKnown(name));
  const [first] = unknown;
  if (first !== undefined) return `{{${first}}} is none of ${PLACEHOLDERS.join(", ")}`;
  const rest = text.replaceAll(MARK, "");
  return rest.includes("{{") || rest.includes("}}") ? "a {{ or }} stands alone" : null;
}

function isKnown(name: string): name is Placeholder {
  return PLACEHOLDERS.some((known) => known === name);
}

/** The text with what it asks for; what is not known leaves no gap behind. */
export function fillPlaceholders(
  text: string,
  { ticket, contact, operator }: {
    ticket: Pick<TicketRow, "number" | "subject">;
    contact: string | null;
    operator: string | null;
  },
): string {
  const values: Record<Placeholder, string> = {
    "contact.name": contact ?? "",
    "operator.name": operator ?? "",
    "ticket.reference": referenceOf(ticket.number),
    "ticket.subject": ticket.subject,
    "ticket.number": String(ticket.number),
  };
  return text.replaceAll(MARK, (_all, name: string) => isKnown(name) ? values[name] : "")
    .replaceAll(/ +(?=[,.;:!?])/g, "").replaceAll(/ {2,}/g, " ").trim();
}
