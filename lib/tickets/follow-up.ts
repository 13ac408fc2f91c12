import type { Ctx } from "../context.ts";
import { enqueue } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { DAY } from "../kernel/clock.ts";
import { ticketsClose, ticketsCloseAll } from "./jobs.ts";
import { settingsOf } from "./settings.ts";
import { selectDesk } from "./store-desk.ts";
import { changeTicket } from "./change.ts";
import { selectResolved, selectTicket } from "./store.ts";
import { selectCommentTexts } from "./store-comments.ts";
import { reindexTicket } from "./store-search.ts";
import { indexFormOf } from "./words.ts";

/** Comments beyond these are not searched: what the ticket is about is said by then. */
const INDEXED_COMMENTS = 200;

/** Opens a scheduled ticket whose time has come. One that was moved or is something else by now stays as it is. */
export async function wakeTicket(ctx: Ctx, { ticketId }: { ticketId: string }): Promise<void> {
  requireScope(ctx, "tickets:write");
  await ctx.transact(async (tx) => {
    const row = await selectTicket(tx, ticketId);
    if (row?.state !== "scheduled" || row.scheduledFor === null || row.scheduledFor > tx.now()) return;
    await changeTicket(tx, { row, change: { state: "open" }, action: "woken", reason: "time_came" });
  });
}

/** Closes a ticket for good that stayed resolved for the days of the desk, as they are now. */
export async function closeResolved(ctx: Ctx, { ticketId }: { ticketId: string }): Promise<void> {
  requireScope(ctx, "tickets:write");
  await ctx.transact(async (tx) => {
    const row = await selectTicket(tx, ticketId);
    if (row?.state !== "resolved" || row.resolvedAt === null) return;
    const { close_after_days: days } = settingsOf(await selectDesk(tx));
    if (days === 0) return;
    const closesAt = row.resolvedAt + days * DAY;
    if (closesAt > tx.now()) await enqueue(tx, ticketsClose, { ticketId }, { runAt: closesAt });
    else await changeTicket(tx, { row, change: { state: "closed" }, action: "closed", reason: "time_came" });
  });
}

const CLOSED_A_COMMIT = 200;

/** Gives what is resolved the timer that it would have if it had been resolved under the days of now. */
export async function closeAllResolved(
  ctx: Ctx,
  { after }: { after: readonly [string, number, number] | null },
): Promise<void> {
  requireScope(ctx, "tickets:write");
  await ctx.transact(async (tx) => {
    const { close_after_days: days } = settingsOf(await selectDesk(tx));
    if (days === 0) return;
    const rows = await selectResolved(tx, { after, limit: CLOSED_A_COMMIT });
    for (const { id: ticketId, resolvedAt } of rows) {
      const runAt = Math.max(tx.now(), (resolvedAt ?? tx.now()) + days * DAY);
      await enqueue(tx, ticketsClose, { ticketId }, { runAt });
    }
    const last = rows.at(-1);
    if (rows.length < CLOSED_A_COMMIT || last === undefined) return;
    await enqueue(tx, ticketsCloseAll, { after: [last.priority, last.createdAt, last.seq] });
  });
}

/** Makes the full-text index hold what the ticket and its comments say now. */
export async function refreshWords(ctx: Ctx, { ticketId }: { ticketId: string }): Promise<void> {
  requireScope(ctx, "tickets:write");
  await ctx.transact(async (tx) => {
    const row = await selectTicket(tx, ticketId);
    if (row === null) return;
    const comments = await selectCommentTexts(tx, { ticketId, limit: INDEXED_COMMENTS });
    await reindexTicket(tx, { seq: row.seq, form: indexFormOf(row, comments) });
  });
}
