import { z } from "zod";
import { audit } from "../audit/mod.ts";
import { findClient } from "../clients/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { enqueue } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, invalid, there } from "../kernel/errors.ts";
import { findTeam } from "../operators/mod.ts";
import { changeTicket } from "./change.ts";
import { ticketsIndex } from "./jobs.ts";
import { linkTicket } from "./links.ts";
import { loadTicket, requireVersion } from "./load.ts";
import { presentContact, stillThere } from "./named.ts";
import { openBeside } from "./open.ts";
import { findCategory } from "./presets.ts";
import { type TicketView, ticketView } from "./present.ts";
import { idField, LIMITS, line, priorityField } from "./schemas.ts";
import { selectTicket, type TicketRow } from "./store.ts";
import { countComments, moveComments } from "./store-comments.ts";
import { insertHistory } from "./store-history.ts";
import { selectLinks } from "./store-links.ts";
import { insertWatchers, selectWatchers } from "./store-watchers.ts";
import type { TicketChoice } from "./update.ts";

const MOST_COMMENTS = 500;

export const mergeInput = z.object({
  into: idField.meta({
    example: "tkt_01kabcdefghjkmnpqrstvwxyz0",
    description: "The ticket that goes on; the other one is closed",
  }),
});

/**
 * Puts a ticket into another one: its comments, labels and watchers go over, it is closed and names the other. Throws
 * 404, 409 when one of them is closed, 412, 422.
 */
export async function mergeTicket(
  ctx: Ctx,
  { ticketId, versions, ...given }: TicketChoice & z.input<typeof mergeInput>,
): Promise<TicketView> {
  requireScope(ctx, "tickets:write");
  const { into } = mergeInput.parse(given);
  if (into === ticketId) throw invalid("into", "is the ticket itself");
  return await ctx.transact(async (tx) => {
    const source = await loadTicket(tx, ticketId);
    requireVersion(source, versions);
    const target = there("into", await selectTicket(tx, into));
    requireOpenEnd(source);
    requireOpenEnd(target);
    await moveComments(tx, { from: source.id, to: target.id });
    await insertWatchers(tx, { ticketId: target.id, userIds: await selectWatchers(tx, source.id) });
    await moveLinks(tx, { source, target });
    const merged = await changeTicket(tx, {
      row: target,
      change: {
        labels: [...new Set([...target.labels, ...source.labels])].slice(0, LIMITS.labels),
        conversationId: talkAfter({ source, target }),
        contactId: target.contactId ?? source.contactId,
        missedCalls: target.missedCalls + source.missedCalls,
      },
      action: "merged",
    });
    await changeTicket(tx, {
      row: source,
      change: { state: "closed", mergedInto: target.id },
      action: "merged",
      reason: "merged",
      merging: true,
    });
    await tell(tx, { source, target, comments: await countComments(tx, target.id) });
    return ticketView(merged, tx.now());
  });
}

async function tell(
  tx: Tx,
  { source, target, comments }: { source: TicketRow; target: TicketRow; comments: number },
): Promise<void> {
  await linkTicket(tx, { ticketId: source.id, kind: "ticket", targetId: target.id, relation: "merged" });
  const changes = { merged_from: { from: null, to: source.id } };
  await insertHistory(tx, { ticketId: target.id, action: "merged", changes });
  for (const { id: ticketId } of [source, target]) await enqueue(tx, ticketsIndex, { ticketId });
  await emit(tx, { type: "ticket.merged", subjectId: source.id, data: { into: target.id, comments } });
  await audit(tx, { action: "ticket.merge", subjectId: source.id, detail: { into: target.id } });
}

/** What belongs to the matter belongs to the ticket that goes on; so does a conversation that it can't take over. */
async function moveLinks(
  tx: Tx,
  { source, target }: { source: TicketRow; target: TicketRow },
): Promise<void> {
  const { conversationId: talk } = source;
  const apart = talk !== null && talk !== talkAfter({ source, target });
  const links = [
    ...(await selectLinks(tx, source.id)).filter(({ targetId }) => targetId !== target.id),
    ...apart ? [{ kind: "conversation" as const, targetId: talk, relation: "merged" }] : [],
  ];
  for (const { kind, targetId, relation } of links) {
    await linkTicket(tx, { ticketId: target.id, kind, targetId, relation });
  }
}

/** Another customer's conversation is not taken over: whoever asks in the ticket would get no answer any more. */
function talkAfter({ source, target }: { source: TicketRow; target: TicketRow }): string | null {
  const isSame = target.contactId === null || target.contactId === source.contactId;
  return target.conversationId ?? (isSame ? source.conversationId : null);
}

function requireOpenEnd({ state, number }: TicketRow): void {
  if (state !== "closed") return;
  throw new AppError("conflict", `The ticket ${number} is closed: nothing can be merged with it`, {
    extra: { state },
  });
}

export const splitInput = z.object({
  subject: line(LIMITS.subject).meta({
    example: "También falla el termostato",
    description: "Of the new ticket",
  }),
  comment_ids: z.array(idField).min(1).max(MOST_COMMENTS).transform((ids) => [...new Set(ids)]).meta({
    example: ["cmt_01kabcdefghjkmnpqrstvwxyz0"],
    description: "The comments that go into the new ticket",
  }),
  priority: priorityField.optional(),
});

/**
 * Makes a ticket of its own out of some comments of another: of the same customer, linked both ways. Throws 404, 412,
 * 422 for comments that it does not have.
 */
export async function splitTicket(
  ctx: Ctx,
  { ticketId, versions, ...given }: TicketChoice & z.input<typeof splitInput>,
): Promise<TicketView> {
  requireScope(ctx, "tickets:write");
  const { subject, comment_ids, priority } = splitInput.parse(given);
  return await ctx.transact(async (tx) => {
    const source = await loadTicket(tx, ticketId);
    requireVersion(source, versions);
    const fresh = await openBeside(tx, {
      subject,
      priority: priority ?? source.priority,
      source: source.source,
      contact_id: await stillThere(tx, source.contactId, presentContact),
      client_id: await stillThere(tx, source.clientId, findClient),
      category_id: await stillThere(tx, source.categoryId, findCategory),
      team_id: await stillThere(tx, source.teamId, findTeam),
      fields: source.fields,
      follows_id: source.id,
    });
    const moved = await moveComments(tx, { from: source.id, to: fresh.id, ids: comment_ids });
    if (moved < comment_ids.length) {
      throw invalid("comment_ids", "names comments that the ticket does not have");
    }
    await linkTicket(tx, { ticketId: source.id, kind: "ticket", targetId: fresh.id, relation: "split" });
    const changes = { split_into: { from: null, to: fresh.id } };
    await insertHistory(tx, { ticketId: source.id, action: "split", changes });
    for (const id of [source.id, fresh.id]) await enqueue(tx, ticketsIndex, { ticketId: id });
    await emit(tx, { type: "ticket.split", subjectId: source.id, data: { into: fresh.id, comments: moved } });
    await audit(tx, {
      action: "ticket.split",
      subjectId: source.id,
      detail: { into: fresh.id, comments: moved },
    });
    return fresh;
  });
}
