import { type ActionAudience, type NotifyAction, variablesIn } from "./action-schemas.ts";
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

/** What may have a person: the first of them that has. */
const SUBJECTS = ["ticket", "visit", "conversation", "call"] as const;

/** Pure: the contact of whoever asks; null: nobody is known. */
export function requesterOf(known: Known): string | null {
  const ids = SUBJECTS.map((group) => known[group]?.["contact_id"]);
  return ids.find((id) => typeof id === "string") ?? null;
}

/**
 * Pure: those of a notice who may hear its words. Who asks is told of nothing that is another person's, unless it is a
 * visit or a call and both are of one client.
 */
export function hearersOf(
  { to, subject, message }: Pick<NotifyAction, "to" | "subject" | "message">,
  known: Known,
): readonly ActionAudience[] {
  const groups = new Set(variablesIn(`${subject} ${message}`).map(groupOf));
  const isOthers = OTHERS.some((group) => groups.has(group) && !isForAsker(known, group));
  return isOthers ? to.filter((one) => one !== "requester") : to;
}

function isForAsker(known: Known, group: typeof OTHERS[number]): boolean {
  if (group === "message") return isForAsker(known, "conversation");
  const told = known[group] ?? {};
  if (group === "comment") return told["author"] !== "customer" || told["author_id"] === requesterOf(known);
  const { contact_id: person, client_id: client } = told;
  const ours = known["ticket"]?.["client_id"];
  if (typeof person !== "string") {
    return typeof client !== "string" || typeof ours !== "string" || client === ours;
  }
  return person === requesterOf(known) || typeof client === "string" && client === ours;
}

/** Whether what is told of is the ticket's own customer's, as far as is known. */
function isOwners({ ticket = {}, ...known }: Known, group: typeof OTHERS[number]): boolean {
  const told = known[group] ?? {};
  const same = (one: unknown, other: unknown) => typeof one === "string" && one === other;
  if (group === "message") return same(told["conversation_id"], ticket["conversation_id"]);
  if (group !== "comment") return same(told["contact_id"], ticket["contact_id"]);
  return told["author"] !== "customer" || same(told["author_id"], ticket["contact_id"]);
}
