import type { Tx } from "../context.ts";
import { applyActions, type Deed, openDeed, openTicket, tellDeed, type TicketView } from "../tickets/mod.ts";
import type { NotifyAction, OpenAction, RuleAction } from "./action-schemas.ts";
import { type Known, ticketIn } from "./facts.ts";
import { loadBusiness, localeOf } from "../conversations/mod.ts";
import { tell } from "./notice.ts";
import { type CommentAction, commentOf } from "./comment.ts";
import { hearersOf } from "./of-another.ts";
import { filled } from "./texts.ts";
import type { RuleRow } from "./store.ts";

export interface Performance {
  readonly rule: Pick<RuleRow, "id" | "actions">;
  /** The ticket that the rule looked at; null: there is none. */
  readonly ticketId: string | null;
  readonly subjectId: string;
  readonly known: Known;
  readonly occasion: string;
}

type Result = Record<string, unknown>;
/** `opened`: a ticket that was not there before. */
type Done = Result & { readonly opened?: TicketView };

/** Does what a rule says, in its order. Throws what an action throws; then none is done. */
export async function perform(tx: Tx, doing: Performance): Promise<Result[]> {
  const results: Result[] = [];
  let { ticketId, known } = doing;
  const deed = openDeed(onTicket(doing));
  for (const [at, action] of doing.rule.actions.entries()) {
    const { opened, ...result } = await act(tx, { ...doing, ticketId, known, deed }, { action, at });
    if (opened !== undefined) {
      // What comes after it is about that ticket, in its words too.
      ticketId = opened.id;
      known = { ...known, ticket: ticketIn({ ...opened }, tx.now()) };
    }
    results.push({ type: action.type, ...result });
  }
  await tellDeed(deed);
  return results;
}

/** What of a rule can be about a ticket: without one, what comes after it is opened. */
function onTicket({ rule: { actions }, ticketId }: Performance): readonly RuleAction[] {
  if (ticketId !== null) return actions;
  const opened = actions.findIndex(({ type }) => type === "open_ticket");
  return opened < 0 ? [] : actions.slice(opened);
}

async function act(
  tx: Tx,
  doing: Performance & { readonly deed: Deed },
  { action, at }: { action: RuleAction; at: number },
): Promise<Done> {
  if (action.type === "notify") return await tellPeople(tx, doing, { action, at });
  if (action.type === "open_ticket") return await open(tx, doing, action);
  if (doing.ticketId === null) return { skipped: "no_ticket" };
  const { ticketId, deed } = doing;
  if (action.type === "comment") return await comment(tx, { ...doing, ticketId }, action);
  const { version } = await applyActions(tx, { ticketId, actions: [action], deed });
  return { version };
}

async function comment(
  tx: Tx,
  { ticketId, known, deed }: Performance & { readonly ticketId: string; readonly deed: Deed },
  action: CommentAction,
): Promise<Done> {
  const said = commentOf(action, { known, languages: (await loadBusiness(tx)).languages });
  if ("skipped" in said) return said;
  const { text, aboutId } = said;
  const { version } = await applyActions(tx, { ticketId, actions: [{ ...action, text }], deed, aboutId });
  return { version };
}

async function tellPeople(
  tx: Tx,
  { rule, known, occasion, subjectId }: Performance,
  { action, at }: { action: NotifyAction; at: number },
): Promise<Done> {
  const key = `rule:${rule.id}:${occasion}:${at}`;
  const deliveries = await tell(tx, { action, known, key, subjectId });
  if (deliveries > 0) return { deliveries };
  return { skipped: hearersOf(action, known).length === 0 ? "of_another_customer" : "nobody" };
}

async function open(tx: Tx, { ticketId, known }: Performance, action: OpenAction): Promise<Done> {
  const message = known["message"] ?? {};
  const conversation = message["conversation_id"];
  if (ticketId !== null || typeof conversation !== "string") return { skipped: "has_ticket" };
  const language = localeOf([], (await loadBusiness(tx)).languages);
  const { subject } = filled({ subject: action.subject, text: "" }, { known, language });
  const opened = await openTicket(tx, {
    subject: subject === "" ? "—" : subject,
    description: String(message["text"] ?? ""),
    priority: action.priority,
    labels: action.labels,
    source: "rule",
    conversation_id: conversation,
  });
  return { ticket_id: opened.id, opened };
}
