import { dropBlobs } from "../conversations/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { DAY, isoOrNull } from "../kernel/clock.ts";
import { emptyEvents } from "../events/mod.ts";
import { enqueue } from "../jobs/mod.ts";
import { forgetNotificationsAbout, forgetNotificationsMarked } from "../notifications/mod.ts";
import { forgetClocksOf } from "../sla/mod.ts";
import { ticketsIndex, ticketsRetention } from "./jobs.ts";
import { ticketView } from "./present.ts";
import { shownComments } from "./shown.ts";
import { selectRetentions } from "./store-desk.ts";
import { deleteFilesOf, deleteFilesOfComments } from "./store-files.ts";
import {
  deleteTickets,
  emptyComments,
  emptyTickets,
  selectAllComments,
  selectAllSurveys,
  selectClosedBefore,
  selectElsewhere,
  selectOfContact,
  selectOfNobody,
  selectSeqsOf,
  type Traced,
} from "./store-privacy.ts";

/**
 * Everything that tickets hold of a contact, private comments too: they are about the person. Also those that name no
 * contact: of the clients who are the person, and those of `unnamedIds`.
 */
export async function exportTicketsOf(
  at: Ctx,
  { contactId, clientIds, unnamedIds, subjectIds }: Pick<Traced, "contactId" | "subjectIds"> & {
    readonly clientIds: readonly string[];
    readonly unnamedIds: readonly string[];
  },
): Promise<Record<string, unknown>> {
  requireScope(at, "contacts:write");
  const rows = [
    ...await selectOfContact(at, contactId),
    ...await selectOfNobody(at, { clientIds, ids: unnamedIds }),
  ];
  const ids = rows.map(({ id }) => id);
  const comments = Map.groupBy(
    await shownComments(at, await selectAllComments(at, ids)),
    ({ ticket_id }) => ticket_id,
  );
  const elsewhere = await shownComments(
    at,
    await selectElsewhere(at, { contactId, ticketIds: ids, subjectIds }),
  );
  const surveys = Map.groupBy(await selectAllSurveys(at, ids), ({ ticketId }) => ticketId);
  const found = rows.map((row) => ({
    ...ticketView(row, at.now()),
    comments: comments.get(row.id) ?? [],
    surveys: (surveys.get(row.id) ?? []).map(({ score, comment, answeredAt }) => ({
      score,
      comment,
      answered_at: isoOrNull(answeredAt),
    })),
  }));
  return { tickets: found, ticket_comments_elsewhere: elsewhere };
}

/**
 * Empties the tickets of a contact in the caller's transaction: what they say, their comments, files and history, and
 * the log. That there were tickets, and when, stays for the figures.
 */
export async function eraseTicketsOf(
  tx: Tx,
  { contactId, subjectIds }: Pick<Traced, "contactId" | "subjectIds">,
): Promise<void> {
  requireScope(tx, "contacts:write");
  const ids = (await selectOfContact(tx, contactId)).map(({ id }) => id);
  const blobKeys = await deleteFilesOf(tx, ids);
  await emptyTickets(tx, ids);
  await emptyEvents(tx, { subjectIds: ids });
  await dropBlobs(tx, blobKeys);
  await eraseElsewhere(tx, { contactId, ticketIds: ids, subjectIds });
}

/** What went into other customers' tickets when they were merged: those stay, without what is the person's. */
async function eraseElsewhere(tx: Tx, traced: Traced): Promise<void> {
  const comments = await selectElsewhere(tx, traced);
  if (comments.length === 0) return;
  const ids = comments.map(({ id }) => id);
  const ticketIds = [...new Set(comments.map((one) => one.ticketId))];
  await dropBlobs(tx, await deleteFilesOfComments(tx, ids));
  const marks = [...ids, ...(await selectSeqsOf(tx, comments)).map((seq) => `:event:${seq}:`)];
  await forgetNotificationsMarked(tx, { subjectIds: ticketIds, marks });
  await emptyComments(tx, comments);
  for (const ticketId of ticketIds) await enqueue(tx, ticketsIndex, { ticketId });
}

const TURN = 50;

/** The platform's daily turn: one job a workspace that deletes closed tickets after a time. */
export async function sweepTicketRetention(ctx: Ctx): Promise<void> {
  requireScope(ctx, "platform:write");
  for (const { workspaceId } of await selectRetentions(ctx)) {
    await ctx.as({ workspaceId }).transact(async (tx) => void await enqueue(tx, ticketsRetention, {}));
  }
}

/** What other parts of the product keep about tickets goes in the same commit. */
type Also = (tx: Tx, ticketIds: readonly string[]) => Promise<void>;

/** Deletes tickets that were closed more than `days` ago, in turns, so that nobody waits for it. Resolves to how many. */
export async function applyTicketRetention(
  ctx: Ctx,
  { days, also }: { days: number; also: Also },
): Promise<number> {
  requireScope(ctx, "contacts:write");
  if (days <= 0) return 0;
  const before = ctx.now() - days * DAY;
  let all = 0;
  for (let deleted = TURN; deleted === TURN; all += deleted) {
    ctx.signal?.throwIfAborted();
    deleted = await ctx.transact(async (tx) => {
      const ids = await selectClosedBefore(tx, { before, limit: TURN });
      if (ids.length === 0) return 0;
      await dropBlobs(tx, await deleteFilesOf(tx, ids));
      await emptyEvents(tx, { subjectIds: ids });
      await forgetNotificationsAbout(tx, ids);
      await forgetClocksOf(tx, ids);
      await also(tx, ids);
      await deleteTickets(tx, ids);
      return ids.length;
    });
  }
  return all;
}
