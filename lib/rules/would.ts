import { localeOf } from "../conversations/mod.ts";
import type { RuleAction } from "./action-schemas.ts";
import { commentOf } from "./comment.ts";
import type { Known } from "./facts.ts";
import { filled } from "./texts.ts";

/** What an action would have done: the action, and its texts with what they ask for. */
export type Would = Record<string, unknown>;

export function wouldDo(action: RuleAction, known: Known, languages: readonly string[]): Would {
  const language = localeOf([], languages);
  if (action.type === "notify") {
    const { subject, message: text } = action;
    const words = filled({ subject, text }, { known, language });
    return { ...action, subject: words.subject, message: words.text };
  }
  if (action.type === "open_ticket") {
    const { subject } = filled({ subject: action.subject, text: "" }, { known, language });
    return known["ticket"] === undefined ? { ...action, subject } : { ...action, skipped: "has_ticket" };
  }
  if (known["ticket"] === undefined) return { ...action, skipped: "no_ticket" };
  if (action.type !== "comment") return { ...action };
  const said = commentOf(action, { known, languages });
  return { ...action, ..."skipped" in said ? said : { text: said.text } };
}
