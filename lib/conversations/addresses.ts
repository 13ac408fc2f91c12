import type { Ctx } from "../context.ts";
import { selectContact, selectIdentities } from "./store-contacts.ts";

/** Where a contact can be reached. */
export interface ContactAddresses {
  readonly contactId: string;
  readonly name: string | null;
  readonly locale: string | null;
  /** Asked to be left alone, or was erased: nothing is sent on our own initiative. */
  readonly leftAlone: boolean;
  readonly email: string | null;
  readonly phone: string | null;
  readonly whatsapp: string | null;
}

/** null: no such contact in the workspace. For callers whose verb has checked the scope. */
export async function addressesOf(at: Ctx, contactId: string): Promise<ContactAddresses | null> {
  const contact = await selectContact(at, contactId);
  if (contact === null) return null;
  const identities = await selectIdentities(at, [contactId]);
  const last = (kind: string) => identities.findLast((one) => one.kind === kind)?.value ?? null;
  const phone = last("phone");
  return {
    contactId,
    name: contact.name,
    locale: contact.locale,
    leftAlone: contact.optedOutAt !== null || contact.erasedAt !== null,
    email: last("email"),
    phone: phone === null ? null : `+${phone.replace("+", "")}`,
    whatsapp: phone ?? last("whatsapp_bsuid"),
  };
}
