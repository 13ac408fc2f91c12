import type { Consumer } from "../consumers/mod.ts";
import type { Tx } from "../context.ts";
import { DAY } from "../kernel/clock.ts";
import { enqueue } from "../jobs/mod.ts";
import type { LiveEvent } from "../ports/live.ts";
import { clocksOf } from "../sla/mod.ts";
import { drainTurn } from "./drain.ts";
import { changeTicket } from "./change.ts";
import { tellOfComment } from "./comment.ts";
import { ticketsTell } from "./jobs.ts";
import { openTicket } from "./open.ts";
import { isDone } from "./policy.ts";
import { oweResponse } from "./promises.ts";
import { LIMITS } from "./schemas.ts";
import { settingsOf } from "./settings.ts";
import { selectTicket, type TicketRow, writeDue } from "./store.ts";
import { insertComment, isCommented } from "./store-comments.ts";
import { selectDesk } from "./store-desk.ts";
import { moveClient, moveContact, selectHeldBy, selectLatestOf } from "./store-list.ts";

/** What of a customer's message matters here. */
interface Said {
  readonly id: string;
  readonly kind: string;
  readonly text: string;
}

function saidIn({ data }: LiveEvent): Said | null {
  const message = data["message"];
  if (typeof message !== "object" || message === null) return null;
  const [id, kind, text] = ["id", "kind", "text"].map((key) => Reflect.get(message, key));
  return typeof id === "string" && typeof kind === "string" && typeof text === "string"
    ? { id, kind, text }
    : null;
}

/** Signs that ask for nothing. */
const SIGNS: ReadonlySet<string> = new Set(["reaction", "system"]);

/**
 * A customer's message in a conversation that has a ticket is a comment of the ticket. It ends the wait for the
 * customer; of what was resolved it opens the ticket again within the days of the desk, later a new one that follows it.
 */
async function hear(tx: Tx, event: LiveEvent): Promise<void> {
  const said = saidIn(event);
  if (said === null || event.conversationId === null || SIGNS.has(said.kind)) return;
  const latest = await selectLatestOf(tx, event.conversationId);
  if (latest === null || await isCommented(tx, said.id)) return;
  // What was said before a person made a ticket of it is no news; what made us open one is.
  if (latest.createdBy !== tx.actor.id && isBefore(said.id, latest.id)) return;
  const row = await goesOn(tx, { latest, at: event.at }) ? latest : await followUp(tx, { latest, said });
  const comment = await insertComment(tx, {
    ticketId: row.id,
    visibility: "public",
    author: "customer",
    authorId: row.contactId ?? "customer",
    text: said.text === "" ? `[${said.kind}]` : said.text.slice(0, LIMITS.comment).toWellFormed(),
    mentions: [],
    messageId: said.id,
  });
  const waits = row.state === "pending_customer" || row.state === "scheduled" ||
    (row.state === "resolved" && event.at >= (row.resolvedAt ?? 0));
  const change = { dueAt: await oweResponse(tx, row) };
  const heard = await changeTicket(tx, {
    row,
    change: waits ? { ...change, state: "open" } : change,
    action: "replied",
    reason: "customer_replied",
  });
  await tellOfComment(tx, { row: heard, comment });
}

/** Ids tell which of two things came first, also within a millisecond (lib/kernel/ids.ts). */
function isBefore(id: string, other: string): boolean {
  return id.slice(id.indexOf("_")) < other.slice(other.indexOf("_"));
}

async function goesOn(tx: Tx, { latest, at }: { latest: TicketRow; at: number }): Promise<boolean> {
  if (!isDone(latest.state)) return true;
  if (latest.state === "closed" || latest.resolvedAt === null) return false;
  const { reopen_days } = settingsOf(await selectDesk(tx));
  return at <= latest.resolvedAt + reopen_days * DAY;
}

async function followUp(tx: Tx, { latest, said }: { latest: TicketRow; said: Said }): Promise<TicketRow> {
  const { id } = await openTicket(tx, {
    subject: latest.subject,
    description: said.text,
    source: "conversation",
    conversation_id: latest.conversationId,
    category_id: latest.categoryId,
    team_id: latest.teamId,
    follows_id: latest.id,
  });
  const row = await selectTicket(tx, id);
  if (row === null) throw new Error("A ticket that was just opened is not there");
  return row;
}

/** Tells of a promise that is about to break, or did; keeps when the ticket is due in line with its clocks. */
async function minded(tx: Tx, { type, subjectId, data }: LiveEvent): Promise<void> {
  const row = await selectTicket(tx, subjectId);
  if (row === null) return;
  const clocks = (await clocksOf(tx, [row.id])).get(row.id) ?? [];
  const due = clocks.flatMap(({ dueAt, endedAt }) => dueAt === null || endedAt !== null ? [] : [dueAt]);
  await writeDue(tx, row.id, due.length === 0 ? null : Math.min(...due));
  const news = SLA_NEWS[type];
  if (news === undefined) return;
  const about = String(data["clock_id"]);
  await enqueue(tx, ticketsTell, { ticketId: row.id, news, about, by: tx.actor.id });
}

const SLA_NEWS: Readonly<Record<string, "sla_warned" | "sla_breached">> = {
  "sla.warned": "sla_warned",
  "sla.breached": "sla_breached",
};

const contactsMerged = (tx: Tx, { subjectId, data }: LiveEvent) =>
  moveContact(tx, subjectId, String(data["into"]));

const clientsMerged = (tx: Tx, { subjectId, data }: LiveEvent) =>
  moveClient(tx, subjectId, String(data["into"]));

/** What an operator who is gone had goes back to those who are held, and from there to whoever is free. */
async function operatorGone(tx: Tx, { subjectId }: LiveEvent): Promise<void> {
  for (const row of await selectHeldBy(tx, subjectId)) {
    await changeTicket(tx, { row, change: { assigneeId: null, assignment: null }, action: "taken_back" });
  }
  await drainTurn(tx);
}

const HANDLERS: Readonly<Record<string, (tx: Tx, event: LiveEvent) => Promise<void>>> = {
  "message.received": hear,
  "sla.warned": minded,
  "sla.breached": minded,
  "sla.due_changed": minded,
  "contact.merged": contactsMerged,
  "client.merged": clientsMerged,
  "operator.removed": operatorGone,
};

/** What tickets make of what happens elsewhere. */
export const ticketConsumer: Consumer = {
  name: "tickets",
  handle: async (tx, event) => await HANDLERS[event.type]?.(tx, event),
};
