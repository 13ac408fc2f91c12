import { z } from "zod";
import { ROLE_NAMES, SCOPES } from "../kernel/scopes.ts";
import { cleanText } from "../kernel/text.ts";
import { normalEmail } from "./policy.ts";

/** Input fields that the surfaces share. */
export const emailField = z.string().max(254).transform(normalEmail).pipe(
  z.email("must be an e-mail address"),
);
/** Checked again by the verb, which says what a user name may hold. */
export const usernameField = z.string().min(2).max(64);
export const nameField = z.string().max(200).transform((text) => cleanText(text).trim()).pipe(
  z.string().min(1, "must not be empty"),
);
/** Of a password to set; its strength is the verb's business. */
export const newPasswordField = z.string().max(1024);
/** Of a password to check: whatever a form sends. */
export const passwordField = z.string().min(1).max(1024);
export const roleField = z.enum(ROLE_NAMES);
export const scopeField = z.enum(SCOPES);
export const localeField = z.enum(["es", "en"]);
export const tokenField = z.string().min(1).max(500);

export type Locale = z.output<typeof localeField>;

/** Of a tag such as "en-GB", which is what a browser says of its reader. */
export function toLocale(tag: string): Locale {
  return /^en\b|^en_/i.test(tag) ? "en" : "es";
}
