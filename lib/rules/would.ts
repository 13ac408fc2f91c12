import { renderText } from "../notifications/mod.ts";
import type { RuleAction } from "./action-schemas.ts";
import type { Known } from "./facts.ts";
import { askedFor } from "./notice.ts";

/** What an action would have done: the action, and its texts with what they ask for. */
export type Would = Record<string, unknown>;

export function wouldDo(action: RuleAction, known: Known): Would {
  if (action.type === "notify") {
    const { subject, message } = action;
    const data = askedFor(`${subject} ${message}`, known);
    const words = renderText({ subject, text: message }, data);
    return { ...action, subject: words.subject, message: words.text };
  }
  if (action.type === "open_ticket") {
    const { subject } = renderText(
      { subject: action.subject, text: "" },
      askedFor(action.subject, known),
    );
    return known["ticket"] === undefined ? { ...action, subject } : { ...action, skipped: "has_ticket" };
  }
  return known["ticket"] === undefined ? { ...action, skipped: "no_ticket" } : { ...action };
}
