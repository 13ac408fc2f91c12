import { renderText } from "../notifications/mod.ts";
import type { RuleAction } from "./action-schemas.ts";
import type { Known } from "./facts.ts";
import { askedFor, inWords } from "./notice.ts";
import type { Locale } from "../knowledge/mod.ts";

/** What an action would have done: the action, and its texts with what they ask for. */
export type Would = Record<string, unknown>;

export function wouldDo(action: RuleAction, known: Known, language: Locale): Would {
  if (action.type === "notify") {
    const [subject, message] = [inWords(action.subject, language), inWords(action.message, language)];
    const data = askedFor(`${subject} ${message}`, known);
    const words = renderText({ subject, text: message }, data);
    return { ...action, subject: words.subject, message: words.text };
  }
  if (action.type === "open_ticket") {
    const asked = inWords(action.subject, language);
    const { subject } = renderText({ subject: asked, text: "" }, askedFor(asked, known));
    return known["ticket"] === undefined ? { ...action, subject } : { ...action, skipped: "has_ticket" };
  }
  return known["ticket"] === undefined ? { ...action, skipped: "no_ticket" } : { ...action };
}
