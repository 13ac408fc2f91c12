import { type Locale, LOCALES } from "../knowledge/mod.ts";
import { renderText } from "../notifications/mod.ts";
import { fieldInText, sayField } from "../tickets/mod.ts";
import { sayChoice } from "../words/mod.ts";
import { variablesIn } from "./action-schemas.ts";
import { isField, SAID } from "./catalogue.ts";
import { type Known, recordIn } from "./facts.ts";

const TAG = /\{\{\s*([a-z0-9_.]+)\s*\}\}/g;

/**
 * A text that asks for values as people say them in a language: `ticket.state_es` in place of `ticket.state`, and
 * `ticket.fields_es.vip` in place of `ticket.fields.vip`.
 */
export function inWords(text: string, language: Locale): string {
  return text.replaceAll(TAG, (tag, name: string) => {
    const key = fieldInText(name);
    if (key !== null) return `{{ticket.fields_${language}.${key}}}`;
    return Object.hasOwn(SAID, name) ? `{{${name}_${language}}}` : tag;
  });
}

/** Of `state_es`: the words of `state`. */
function saidOf(known: Known, path: string): unknown {
  const language = LOCALES.find((one) => path.endsWith(`_${one}`));
  const field = language === undefined ? path : path.slice(0, -language.length - 1);
  const [group = "", name = ""] = field.split(".");
  const value = known[group]?.[name] ?? null;
  const choices = isField(field) ? SAID[field] : undefined;
  return language === undefined || choices === undefined || typeof value !== "string"
    ? value
    : sayChoice(choices, value, language);
}

const OWN_FIELD = /^ticket\.(fields(?:_(es|en))?)\.([a-z0-9_]+)$/;

/** What a text asks for and nothing else: it is kept with the notification. */
export function askedFor(text: string, known: Known): Record<string, Record<string, unknown>> {
  const data: Record<string, Record<string, unknown>> = {};
  for (const path of variablesIn(text)) {
    const [group = "", name = ""] = path.split(".");
    const [, holder, language, key] = OWN_FIELD.exec(path) ?? [];
    if (holder === undefined || key === undefined) {
      data[group] = { ...data[group], [name]: saidOf(known, path) };
      continue;
    }
    const value = recordIn(known["ticket"] ?? {}, "fields")?.[key] ?? null;
    const said = language === "es" || language === "en" ? sayField(value, language) : value;
    data[group] = { ...data[group], [holder]: { ...recordIn(data[group] ?? {}, holder), [key]: said } };
  }
  return data;
}

/** A text with what it asks for, as it is said in a language. */
export function filled(
  template: { readonly subject: string; readonly text: string },
  { known, language }: { known: Known; language: Locale },
): { subject: string; text: string } {
  const [subject, text] = [inWords(template.subject, language), inWords(template.text, language)];
  return renderText({ subject, text }, askedFor(`${subject} ${text}`, known));
}
