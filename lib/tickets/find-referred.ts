import type { Tx } from "../context.ts";
import type { TicketRow } from "./store.ts";
import { selectNumbered } from "./store-list.ts";

/** `[T-1042]`, as our mails have it in their subject. */
const REFERENCE = /\[T-(\d{1,12})\]/i;

/** The ticket that a text refers to, if it is this contact's: a number is no secret. */
export async function findReferred(
  tx: Tx,
  { text, contactId }: { text: string; contactId: string },
): Promise<TicketRow | null> {
  const number = REFERENCE.exec(text)?.[1];
  if (number === undefined) return null;
  const [row] = await selectNumbered(tx, { number: Number(number), wanted: { contactId } });
  return row ?? null;
}
