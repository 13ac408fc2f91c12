import { AppError } from "../kernel/errors.ts";
import type { Recipient } from "../ports/whatsapp.ts";

/** Where WhatsApp reaches a contact: its phone, else its business-scoped id. Throws when it has neither. */
export function addressOf(identities: readonly { kind: string; value: string }[]): Recipient {
  const phone = identities.findLast(({ kind }) => kind === "phone");
  if (phone !== undefined) return { phone: phone.value };
  const scoped = identities.findLast(({ kind }) => kind === "whatsapp_bsuid");
  if (scoped !== undefined) return { userId: scoped.value };
  throw new AppError("conflict", "The contact has neither a phone nor a WhatsApp id to write to");
}
