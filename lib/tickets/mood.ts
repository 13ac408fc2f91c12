import { sentimentOf } from "../sentiment/mod.ts";
import type { TicketRow } from "./store.ts";

type Felt = Pick<TicketRow, "sentiment" | "mood">;

/** How a customer's words sound; nothing of no words. */
export function feltIn(text: string): Felt {
  if (text.trim() === "") return { sentiment: null, mood: null };
  const { score, mood } = sentimentOf(text);
  return { sentiment: score, mood };
}

/** Where a ticket's first words are the customer's own. */
const SPOKEN: ReadonlySet<TicketRow["source"]> = new Set(["conversation", "email", "watson"]);

export function feltAtFirst(
  { source, subject, description }: Pick<TicketRow, "source" | "subject" | "description">,
): Felt {
  return feltIn(SPOKEN.has(source) ? `${subject}\n${description}` : "");
}
