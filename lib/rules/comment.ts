import { localeOf } from "../conversations/mod.ts";
import { LIMITS } from "../tickets/mod.ts";
import type { RuleAction } from "./action-schemas.ts";
import type { Known } from "./facts.ts";
import { tellsOfAnother } from "./of-another.ts";
import { filled } from "./texts.ts";

export type CommentAction = Extract<RuleAction, { type: "comment" }>;

/** `aboutId`: what it tells of that is another customer's; with that it is erased. */
type Comment = { readonly text: string; readonly aboutId: string | null };

/**
 * Pure: what a rule says in a ticket, in its customer's language. Nothing that came to no words is said, and nothing
 * that tells of one customer to another.
 */
export function commentOf(
  { text: asked, visibility }: CommentAction,
  { known, languages }: { readonly known: Known; readonly languages: readonly string[] },
): Comment | { readonly skipped: string } {
  const locale = known["ticket"]?.["locale"];
  const language = localeOf([typeof locale === "string" ? locale : null], languages);
  const said = filled({ subject: "", text: asked }, { known, language }).text;
  const text = said.trim().slice(0, LIMITS.comment).toWellFormed();
  if (text === "") return { skipped: "empty" };
  const other = tellsOfAnother(asked, known);
  if (other !== null && visibility === "public") return { skipped: "of_another_customer" };
  return { text, aboutId: other?.id ?? null };
}
