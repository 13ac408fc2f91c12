import { phoneForms } from "../kernel/phone.ts";
import type { ClientRow } from "./store.ts";

const LONGEST = 60;
const MOST = 40;

/** Lower case without diacritics: "Panadería" is found by "panaderia". */
const fold = (text: string) => text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase();

const wordsOf = (text: string) => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/** What a client is found by: each word of the name, and each id, address and number as a whole. */
export function termsOf(
  client: Pick<ClientRow, "name" | "taxId" | "externalId" | "email" | "phone">,
): string[] {
  const { name, taxId, externalId, email, phone } = client;
  const wholes = [taxId, externalId, email].flatMap((one) => one === null ? [] : [wholeOf(one)]);
  const all = new Set([...wordsOf(name), ...wholes, ...phone === null ? [] : phoneTerms(phone)]);
  return [...all].filter((term) => term !== "").slice(0, MOST).map((term) => term.slice(0, LONGEST));
}

const wholeOf = (text: string) => fold(text).replace(/\s+/g, "");

/** A number in each of the forms in which it may be asked for, digits only. */
export function phoneTerms(phone: string): string[] {
  return phoneForms(phone).filter((form) => !form.startsWith("+"));
}

/** What was asked for, as beginnings of terms. Something that has digits and signs is one word, such as a number. */
export function askedTerms(q: string): string[] {
  const text = q.trim();
  if (/^\+?[\d\s().-]{3,}$/.test(text)) return [text.replace(/\D/g, "")];
  const terms = text.split(/\s+/).flatMap((word) => /[@\d]/.test(word) ? [wholeOf(word)] : wordsOf(word));
  return [...new Set(terms)].filter((term) => term !== "").map((term) => term.slice(0, LONGEST));
}
