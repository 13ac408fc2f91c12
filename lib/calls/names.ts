import { findClient } from "../clients/mod.ts";
import type { Ctx } from "../context.ts";
import { findContact } from "../conversations/mod.ts";
import type { CallRow } from "./store.ts";

/** How the other side is called; null: nobody knows. */
export async function findContactName(
  at: Ctx,
  { contactId, clientId }: Pick<CallRow, "contactId" | "clientId">,
): Promise<string | null> {
  const contact = contactId === null ? null : await findContact(at, contactId);
  if (contact !== null && contact.name !== null) return contact.name;
  return clientId === null ? null : (await findClient(at, clientId))?.name ?? null;
}
