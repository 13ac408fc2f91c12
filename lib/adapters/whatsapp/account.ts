import { z } from "zod";
import { invalid, notConfigured } from "../../kernel/errors.ts";
import type { WhatsAppAccount } from "../../ports/whatsapp.ts";

export const successSchema = z.object({ success: z.literal(true) });

/** The number's id as a part of a path. */
export function numberOf({ phoneNumberId }: WhatsAppAccount): string {
  if (/^\d{1,30}$/.test(phoneNumberId)) return phoneNumberId;
  throw invalid("phone_number_id", "must be Meta's id of the number, digits only");
}

/** The business account's id as a part of a path. Throws `not_configured` when the channel has none. */
export function businessOf({ businessAccountId }: WhatsAppAccount): string {
  if (businessAccountId === null) {
    throw notConfigured("The WhatsApp Business Account of this number", ["business_account_id"]);
  }
  if (/^\d{1,30}$/.test(businessAccountId)) return businessAccountId;
  throw invalid("business_account_id", "must be Meta's id of the account, digits only");
}
