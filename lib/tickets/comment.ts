import type { output } from "zod";
import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { addressesOf, findTalk, reply, sendMessage, type StoredFile } from "../conversations/mod.ts";
import { emit } from "../events/mod.ts";
import { findMembers } from "../identity/mod.ts";
import { enqueue } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { type Change, changeTicket } from "./change.ts";
import type { Deed } from "./deed.ts";
import { ticketsIndex } from "./jobs.ts";
import { loadTicket, requireVersion } from "./load.ts";
import { cannedText } from "./canned.ts";
import { type CommentView, commentView, ticketView } from "./present.ts";
import { insertFiles } from "./store-files.ts";
import { keepResponse } from "./promises.ts";
import { LIMITS, type NewComment, newComment } from "./schemas.ts";
import type { TicketRow } from "./store.ts";
import { shownComments } from "./shown.ts";
import { type CommentRow, insertComment, selectComment } from "./store-comments.ts";
import type { TicketChoice } from "./update.ts";

/**
 * Comments on a ticket. A public one goes to the customer through the ticket's conversation, in the same commit.
 * Throws 404, 409 when it can't reach the customer or the state is not legal, 412.
 */
export async function commentTicket(
  ctx: Ctx,
  { ticketId, versions, ...given }: TicketChoice & NewComment,
): Promise<CommentView> {
  requireScope(ctx, "tickets:write");
  const wanted = newComment.parse(given);
  return await ctx.transact(async (tx) => {
    const row = await loadTicket(tx, ticketId);
    requireVersion(row, versions);
    return await shownComment(tx, (await writeComment(tx, { row, wanted })).comment);
  });
}

interface Written {
  readonly row: TicketRow;
  readonly comment: CommentRow;
}

/** The same in the caller's transaction, for whoever has loaded the ticket and checked the scope. */
export async function writeComment(
  tx: Tx,
  { row, wanted, files = [], deed = null, from = row.state, aboutId = null }: {
    readonly row: TicketRow;
    readonly wanted: output<typeof newComment>;
    readonly files?: readonly StoredFile[];
    readonly deed?: Deed | null;
    /** The state before the deed. */
    readonly from?: TicketRow["state"];
    /** What it tells of beside the ticket. */
    readonly aboutId?: string | null;
  },
): Promise<Written> {
  const { visibility, state } = wanted;
  refuseEnded(row, visibility);
  const text = wanted.canned_reply_id === undefined
    ? wanted.text ?? ""
    : await cannedText(tx, { row, id: wanted.canned_reply_id });
  const conversationId = visibility === "public" ? await talkOf(tx, row) : null;
  const messageId = conversationId === null ? null : (await speak(tx, { conversationId, text, files })).id;
  const comment = await insertComment(tx, {
    id: await commentIdIn(tx, deed),
    ticketId: row.id,
    visibility,
    author: tx.actor.kind === "system" ? "system" : "operator",
    authorId: tx.actor.id,
    text,
    mentions: await mentionsOf(tx, text),
    messageId,
    aboutId,
  });
  // What went out as a message has its files there.
  if (messageId === null) await insertFiles(tx, { commentId: comment.id, files });
  const change = await changeAfter(tx, { row, comment });
  const changed = await changeTicket(tx, {
    row,
    change: state === undefined ? change : { ...change, state },
    commentId: comment.id,
    deed,
  });
  await tellOfComment(tx, { row: changed, comment, from, deed });
  await audit(tx, {
    action: "ticket.comment",
    subjectId: row.id,
    detail: { comment_id: comment.id, visibility },
  });
  return { row: changed, comment };
}

/** What a comment came with. */
interface Told {
  /** The ticket as it is with it. */
  readonly row: TicketRow;
  readonly comment: CommentRow;
  /** The state that the ticket had before. */
  readonly from: TicketRow["state"];
  /** The ticket was opened with it. */
  readonly opening?: boolean;
  readonly deed?: Deed | null;
}

/** Puts a comment into the log and its words into the index. */
export async function tellOfComment(
  tx: Tx,
  { row, comment, from, opening = false, deed = null }: Told,
): Promise<void> {
  const part = deed === null ? {} : { deed: deed.id };
  const data = { ticket: ticketView(row, tx.now()), comment: commentView(comment), from, opening, ...part };
  const news = () => emit(tx, { type: "ticket.commented", subjectId: row.id, data });
  if (deed === null) await news();
  else deed.others.push(news);
  await enqueue(tx, ticketsIndex, { ticketId: row.id });
}

/** The first comment of a deed is the one that it names. */
async function commentIdIn(tx: Tx, deed: Deed | null): Promise<string> {
  const taken = deed === null || deed.commentId === null || await selectComment(tx, deed.commentId) !== null;
  return taken ? newId("ticketComment") : deed.commentId;
}

function refuseEnded({ mergedInto, state }: TicketRow, visibility: CommentRow["visibility"]): void {
  if (mergedInto !== null) {
    throw new AppError("conflict", "The ticket was merged: comment on the one that it went into", {
      extra: { merged_into: mergedInto },
    });
  }
  if (state === "closed" && visibility === "public") {
    throw new AppError("conflict", "The ticket is closed: open a new one that follows it", {
      extra: { state },
    });
  }
}

/** The conversation that carries a public comment. After a closed one the word goes by mail, to who has an address. */
async function talkOf(tx: Tx, { conversationId, contactId }: TicketRow): Promise<string | null> {
  if (conversationId === null || contactId === null) return conversationId;
  const closed = (await findTalk(tx, conversationId))?.conversation.state === "closed";
  return closed && (await addressesOf(tx, contactId))?.email ? null : conversationId;
}

/** A person's comment is an operator's answer; what a rule says leaves the word with whoever has it. */
async function speak(
  tx: Tx,
  said: { conversationId: string; text: string; files: readonly StoredFile[] },
): Promise<{ readonly id: string }> {
  return tx.actor.kind === "system" ? await sendMessage(tx, said) : await reply(tx, said);
}

/** The first public answer of a person is the first response; with it a new ticket is open. */
async function changeAfter(
  tx: Tx,
  { row, comment }: { row: TicketRow; comment: CommentRow },
): Promise<Change> {
  if (comment.visibility !== "public" || comment.author !== "operator") return {};
  return {
    dueAt: await keepResponse(tx, row),
    ...(row.firstResponseAt === null ? { firstResponseAt: comment.createdAt } : {}),
    ...(row.state === "new" ? { state: "open" } : {}),
  };
}

/** A comment with its files, wherever they are. */
export async function shownComment(at: Ctx, row: CommentRow): Promise<CommentView> {
  const [view] = await shownComments(at, [row]);
  if (view === undefined) throw new Error("One comment has one view");
  return view;
}

const MENTION = /(?<![\p{L}\p{N}_.@-])@([a-z0-9][a-z0-9._-]{1,63})/giu;

/** The members whose user names stand in a text after an @. */
async function mentionsOf(tx: Tx, text: string): Promise<string[]> {
  const named = [...text.matchAll(MENTION)].map(([, name = ""]) => name.toLowerCase().replace(/[.-]+$/, ""));
  const members = await findMembers(tx, { usernames: [...new Set(named)].slice(0, LIMITS.mentions) });
  return members.map(({ userId }) => userId);
}
