import { variablesIn } from "./action-schemas.ts";
import { groupOf } from "./catalogue.ts";
import type { Known } from "./facts.ts";

/** What may be another customer's than the ticket. */
const OTHERS = ["visit", "call", "conversation", "message", "comment"] as const;

/** Pure: what a text asks for that is not of the ticket's own customer; its id is null where it has none. */
export function tellsOfAnother(text: string, known: Known): { readonly id: string | null } | null {
  const groups = new Set(variablesIn(text).map(groupOf));
  const other = OTHERS.find((group) => groups.has(group) && !isOwners(known, group));
  if (other === undefined) return null;
  const id = known[other]?.["id"];
  return { id: typeof id === "string" ? id : null };
}

/** Whether what is told of is the ticket's own customer's, as far as is known. */
function isOwners({ ticket = {}, ...known }: Known, group: typeof OTHERS[number]): boolean {
  const told = known[group] ?? {};
  const same = (one: unknown, other: unknown) => typeof one === "string" && one === other;
  if (group === "message") return same(told["conversation_id"], ticket["conversation_id"]);
  if (group !== "comment") return same(told["contact_id"], ticket["contact_id"]);
  return told["author"] !== "customer" || same(told["author_id"], ticket["contact_id"]);
}
