import { localeOf } from "../conversations/mod.ts";
import type { RuleAction } from "./action-schemas.ts";
import { commentOf } from "./comment.ts";
import type { Known } from "./facts.ts";
import { hearersOf } from "./of-another.ts";
import { filled } from "./texts.ts";

/** What an action would have done: the action, and its texts with what they ask for. */
export type Would = Record<string, unknown>;

/** What the actions of a rule would have done, in their order: what comes after an opened ticket is about that. */
export function wouldDoAll(
  actions: readonly RuleAction[],
  { known, languages }: { readonly known: Known; readonly languages: readonly string[] },
): Would[] {
  let seen = known;
  return actions.map((action) => {
    const would = wouldDo(action, seen, languages);
    if (action.type === "open_ticket" && !("skipped" in would)) {
      const { subject, priority, labels } = { ...action, subject: would["subject"] };
      const { conversation_id } = known["message"] ?? {};
      const { contact_id } = known["conversation"] ?? {};
      seen = { ...known, ticket: { subject, priority, labels, conversation_id, contact_id } };
    }
    return would;
  });
}

function wouldDo(action: RuleAction, known: Known, languages: readonly string[]): Would {
  const language = localeOf([], languages);
  if (action.type === "notify") {
    const { subject, message: text } = action;
    const words = filled({ subject, text }, { known, language });
    const to = hearersOf(action, known);
    const would = { ...action, to, subject: words.subject, message: words.text };
    return to.length === 0 ? { ...would, skipped: "of_another_customer" } : would;
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
