import type { Consumer } from "../consumers/mod.ts";
import type { Tx } from "../context.ts";
import { DAY } from "../kernel/clock.ts";
import { findTeam } from "../operators/mod.ts";
import { findTalk, SIGNS, type StoredFile } from "../conversations/mod.ts";
import { findCategory } from "./presets.ts";
import { insertFiles } from "./store-files.ts";
import type { LiveEvent } from "../ports/live.ts";
import { clocksOf } from "../sla/mod.ts";
import { drainNow } from "./drain.ts";
import { changeTicket } from "./change.ts";
import { tellOfComment } from "./comment.ts";
import { tellOfEvent } from "./tell.ts";
import { openTicket } from "./open.ts";
import { feltIn } from "../sentiment/mod.ts";
import { presentContact, stillThere } from "./named.ts";
import { goesOnIn } from "./load.ts";
import { isDone, isWaiting } from "./policy.ts";
import { oweResponse } from "./promises.ts";
import { LIMITS } from "./schemas.ts";
import { settingsOf } from "./settings.ts";
import { selectTicket, type TicketRow, writeDue, writeMood } from "./store.ts";
import { insertComment, isCommented } from "./store-comments.ts";
import { selectDesk } from "./store-desk.ts";
import { selectHeldBy, selectLatestOf, selectLatestOfContact } from "./store-list.ts";

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

/** A customer's message in a conversation that has a ticket is a comment of the ticket. */
async function heard(tx: Tx, event: LiveEvent): Promise<void> {
  const said = saidIn(event);
  if (said === null || event.conversationId === null || SIGNS.has(said.kind)) return;
  const known = await goesOnIn(tx, await selectLatestOf(tx, event.conversationId));
  const latest = known ?? await inherited(tx, { conversationId: event.conversationId, at: event.at });
  if (latest === null || await isCommented(tx, said.id)) return;
  // What was said before a person made a ticket of it is no news; what made us open one is.
  const opening = isBefore(said.id, latest.id);
  if (opening && latest.createdBy !== tx.actor.id) return;
  const text = said.text === "" ? `[${said.kind}]` : said.text;
  const authorId = (await findTalk(tx, event.conversationId))?.contact.id ?? latest.contactId;
  const { conversationId } = event;
  await hear(tx, {
    ticket: latest,
    conversationId,
    text,
    messageId: said.id,
    authorId,
    at: event.at,
    opening,
  });
}

/**
 * The ticket of an earlier conversation that was closed meanwhile, while the ticket was not: it goes on in the new one.
 * A matter that was resolved for longer than the desk's days is none: whoever has the word there deals with it.
 */
async function inherited(
  tx: Tx,
  { conversationId, at }: { conversationId: string; at: number },
): Promise<TicketRow | null> {
  const talk = await findTalk(tx, conversationId);
  const row = talk === null ? null : await selectLatestOfContact(tx, talk.contact.id);
  if (row === null || row.conversationId === null || !await goesOn(tx, { ticket: row, at })) return null;
  const before = await findTalk(tx, row.conversationId);
  if (before !== null && before.conversation.state !== "closed") return null;
  return await changeTicket(tx, { row, change: { conversationId }, action: "continued" });
}

/** What a customer says about a ticket, however it came. */
export interface Word {
  readonly ticket: TicketRow;
  readonly text: string;
  /** Where it was said; default: where who asks talks about the ticket. Of a merged ticket it may be elsewhere. */
  readonly conversationId?: string | null;
  /** The message of a conversation that it is. */
  readonly messageId?: string | null;
  /** The contact who said it; default: who asks in the ticket. Of a merged ticket it may be another one. */
  readonly authorId?: string | null;
  readonly files?: readonly StoredFile[];
  readonly at: number;
  /** The ticket was opened with it. */
  readonly opening?: boolean;
}

/**
 * Takes in what a customer says, in the caller's transaction: a public comment that ends the wait for the customer. Of
 * what was resolved it opens the ticket again within the days of the desk, later a new one that follows it. Resolves
 * to the ticket that has it.
 */
export async function hear(
  tx: Tx,
  {
    ticket,
    text,
    messageId = null,
    authorId = ticket.contactId,
    conversationId = authorId === ticket.contactId ? ticket.conversationId : null,
    files = [],
    at,
    opening = false,
  }: Word,
): Promise<TicketRow> {
  const row = await goesOn(tx, { ticket, at })
    ? ticket
    : await followUp(tx, { ticket, conversationId, text, authorId });
  const comment = await insertComment(tx, {
    ticketId: row.id,
    visibility: "public",
    author: "customer",
    authorId: authorId ?? "customer",
    text: text.slice(0, LIMITS.comment).toWellFormed(),
    mentions: [],
    messageId,
  });
  await insertFiles(tx, { commentId: comment.id, files });
  const waits = isWaiting(row.state) ||
    (row.state === "resolved" && at >= (row.resolvedAt ?? 0));
  const change = waits || !isDone(row.state) ? { dueAt: await oweResponse(tx, row) } : {};
  const changed = await changeTicket(tx, {
    row,
    change: waits ? { ...change, state: "open" } : change,
    action: "replied",
    reason: "customer_replied",
    commentId: comment.id,
  });
  const after = await feel(tx, { row: changed, text });
  const opened = opening || row.id !== ticket.id;
  await tellOfComment(tx, { row: after, comment, from: row.state, opening: opened });
  return after;
}

/** A sign or a file alone says nothing of the mood. */
async function feel(tx: Tx, { row, text }: { row: TicketRow; text: string }): Promise<TicketRow> {
  const felt = feltIn(text.replace(/^\[[^\]]*\]$/, ""));
  if (felt.mood === null || felt.sentiment === row.sentiment) return row;
  await writeMood(tx, row.id, felt);
  return { ...row, ...felt };
}

/** Ids tell which of two things came first, also within a millisecond (lib/kernel/ids.ts). */
function isBefore(id: string, other: string): boolean {
  return id.slice(id.indexOf("_")) < other.slice(other.indexOf("_"));
}

async function goesOn(tx: Tx, { ticket, at }: Pick<Word, "ticket" | "at">): Promise<boolean> {
  if (!isDone(ticket.state)) return true;
  if (ticket.state === "closed" || ticket.resolvedAt === null) return false;
  const { reopen_days } = settingsOf(await selectDesk(tx));
  return at <= ticket.resolvedAt + reopen_days * DAY;
}

/** A new ticket of whoever spoke, where it was said: in another one's it would be answered to somebody else. */
async function followUp(
  tx: Tx,
  { ticket, conversationId, text, authorId }: Required<
    Pick<Word, "ticket" | "conversationId" | "text" | "authorId">
  >,
): Promise<TicketRow> {
  const { id } = await openTicket(tx, {
    subject: ticket.subject === "" ? text.slice(0, LIMITS.subject) : ticket.subject,
    description: text.slice(0, LIMITS.description).toWellFormed(),
    source: conversationId === null ? ticket.source : "conversation",
    ...(conversationId === null
      ? { contact_id: await stillThere(tx, authorId, presentContact) }
      : { conversation_id: conversationId }),
    category_id: await stillThere(tx, ticket.categoryId, findCategory),
    team_id: await stillThere(tx, ticket.teamId, findTeam),
    follows_id: ticket.id,
  });
  const row = await selectTicket(tx, id);
  if (row === null) throw new Error("A ticket that was just opened is not there");
  return row;
}

/** Keeps when a ticket is due in line with its clocks, which move by themselves. */
async function dueMoved(tx: Tx, { subjectId }: LiveEvent): Promise<void> {
  const clocks = (await clocksOf(tx, [subjectId])).get(subjectId) ?? [];
  const due = clocks.flatMap(({ dueAt, endedAt }) => dueAt === null || endedAt !== null ? [] : [dueAt]);
  await writeDue(tx, subjectId, due.length === 0 ? null : Math.min(...due));
}

/** What an operator who is gone had goes back to those who are held, and from there to whoever is free. */
async function operatorGone(tx: Tx, { subjectId }: LiveEvent): Promise<void> {
  for (const row of await selectHeldBy(tx, subjectId)) {
    await changeTicket(tx, { row, change: { assigneeId: null, assignment: null }, action: "taken_back" });
  }
  await drainNow(tx);
}

const HANDLERS: Readonly<Record<string, (tx: Tx, event: LiveEvent) => Promise<void>>> = {
  "message.received": heard,
  "sla.due_changed": dueMoved,
  "operator.removed": operatorGone,
  // What waited for one of the team is anybody's.
  "team.removed": drainNow,
  // Of these each may ask less of whoever takes what is held, or have it given at all.
  "team.changed": drainNow,
  "ticket_preset.changed": drainNow,
  "ticket_preset.removed": drainNow,
  "ticket_settings.changed": drainNow,
};

/** What tickets make of what happens elsewhere, and whom they tell of what happens to them. */
export const ticketConsumer: Consumer = {
  name: "tickets",
  handle: async (tx, event) => {
    await HANDLERS[event.type]?.(tx, event);
    await tellOfEvent(tx, event);
  },
};
