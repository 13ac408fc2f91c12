import { invalid } from "../kernel/errors.ts";
import type { NotifyChannel } from "./schemas.ts";

const EMAIL = /^[^\s<>,;:"()[\]\\@]+@[^\s<>,;:"()[\]\\@]+$/;
const CHAT_ADDRESS = /^[\p{L}\p{N}][\p{L}\p{N}._ -]{0,59}$/u;

/** Whether mail can be sent to it. RFC 5321, 4.5.3.1.3 has no longer ones. */
export const isMailAddress = (text: string) => text.length <= 254 && EMAIL.test(text);

interface AddressRule {
  readonly clean: (text: string) => string;
  readonly fits: RegExp;
  readonly says: string;
}

const asIs = (text: string) => text;
const phone: AddressRule = {
  clean: (text) => text.replace(/[\s().-]/g, "").replace(/^00/, "+"),
  fits: /^\+\d{7,15}$/,
  says: "must be a phone number with its country code, such as +525512345678",
};
const chat: AddressRule = {
  clean: (text) => text.replace(/^#/, "").trim().toLowerCase() || "default",
  fits: CHAT_ADDRESS,
  says: "must be the name of an address of this workspace (see /api/notifications/addresses)",
};

const RULES: Readonly<Record<NotifyChannel, AddressRule>> = {
  email: { clean: (text) => text.toLowerCase(), fits: EMAIL, says: "must be one e-mail address" },
  sms: phone,
  whatsapp: { ...phone, clean: (text) => phone.clean(text).replace(/^(?=\d)/, "+") },
  push: { clean: asIs, fits: /^(usr|psh)_/, says: "must be the id of a user or of a subscription" },
  in_app: { clean: asIs, fits: /^usr_/, says: "must be the id of a user" },
  webhook: { clean: asIs, fits: /^(whe_|https?:\/\/)/, says: "must be the id of an endpoint, or an address" },
  slack: chat,
  teams: chat,
  discord: chat,
};

/** The recipient as the channel writes it. Throws 422 when it can't be one. */
export function addressFor(channel: NotifyChannel, recipient: string): string {
  const { clean, fits, says } = RULES[channel];
  const address = clean(recipient);
  if (!fits.test(address) || address.length > 2048) throw invalid("recipient", says);
  return address;
}
