import { type Felt, feltIn } from "../sentiment/mod.ts";
import type { TicketRow } from "./store.ts";

/** Where a ticket's first words are the customer's own. */
const SPOKEN: ReadonlySet<TicketRow["source"]> = new Set(["conversation", "email", "watson"]);

export function feltAtFirst(
  { source, subject, description }: Pick<TicketRow, "source" | "subject" | "description">,
): Felt {
  return feltIn(SPOKEN.has(source) ? `${subject}\n${description}` : "");
}
