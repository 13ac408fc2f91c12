import { audit } from "../audit/mod.ts";
import type { Tx } from "../context.ts";
import { type Change, changeTicket } from "./change.ts";
import { tellOfComment } from "./comment.ts";
import { linkTicket } from "./links.ts";
import { goesOnIn } from "./load.ts";
import { isDone, isWaiting } from "./policy.ts";
import { oweResponse } from "./promises.ts";
import { selectTicket, type TicketRow } from "./store.ts";
import { insertComment, moveComments } from "./store-comments.ts";

/** A ticket on which there is still something to do. */
export interface Matter {
  readonly row: TicketRow;
  /** The ticket that it went on from by a merge, or itself. */
  readonly originId: string;
}

/** The first of these tickets that is not settled, where it goes on now. null: all of them are, or gone. */
export async function findMatter(tx: Tx, ticketIds: readonly string[]): Promise<Matter | null> {
  for (const originId of ticketIds) {
    const row = await goesOnIn(tx, await selectTicket(tx, originId));
    if (row !== null && !isDone(row.state)) return { row, originId };
  }
  return null;
}

interface Call {
  readonly callId: string;
  readonly text: string;
}

/** One more call that nobody answered: the ticket counts it, says so, and waits for the customer no longer. */
export async function addMissedCall(tx: Tx, { row, originId }: Matter, call: Call): Promise<void> {
  const counted = { missedCalls: row.missedCalls + 1, dueAt: await oweResponse(tx, row) };
  await note(tx, { row, originId }, {
    ...call,
    by: tx.actor.id,
    change: isWaiting(row.state) ? { ...counted, state: "open" } : counted,
  });
}

/** A call of ours to whoever called in vain; `by` needs not be told of it. */
export async function noteCallBack(
  tx: Tx,
  matter: Matter,
  call: Call & { readonly by: string },
): Promise<void> {
  await note(tx, matter, { ...call, change: {} });
}

async function note(
  tx: Tx,
  { row, originId }: Matter,
  { callId, text, by, change }: Call & { readonly by: string; readonly change: Change },
): Promise<void> {
  await linkTicket(tx, { ticketId: row.id, kind: "call", targetId: callId, relation: "related" });
  const written = await insertComment(tx, {
    ticketId: originId,
    visibility: "private",
    author: "system",
    authorId: by,
    text,
    mentions: [],
    messageId: null,
    // Who called may be somebody else than whom the ticket is of.
    aboutId: callId,
  });
  const merged = originId !== row.id;
  // As what was said before the merge, it is erased with whoever that ticket was of.
  if (merged) await moveComments(tx, { from: originId, to: row.id, ids: [written.id] });
  const comment = merged ? { ...written, ticketId: row.id, originId } : written;
  const changed = await changeTicket(tx, {
    row,
    change,
    action: "call_missed",
    reason: "call_missed",
    commentId: comment.id,
  });
  await tellOfComment(tx, { row: changed, comment, from: row.state });
  const detail = { comment_id: comment.id, visibility: comment.visibility, call_id: callId };
  await audit(tx, { action: "ticket.comment", subjectId: row.id, detail });
}
