import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { decodeCursor, encodeCursor, type Page, type PageRequest, timeKey, toPage } from "../kernel/page.ts";
import { clocksOf, toClockDto } from "../sla/mod.ts";
import { loadTicket } from "./load.ts";
import {
  type CommentView,
  type HistoryView,
  historyView,
  openingView,
  type TicketView,
  ticketView,
} from "./present.ts";
import { shownComments } from "./shown.ts";
import { selectComments } from "./store-comments.ts";
import { selectHistory } from "./store-history.ts";
import type { TicketRow } from "./store.ts";

/** Entries of the history that come with the ticket itself. */
const SHOWN = 100;

export interface TicketDetail extends TicketView {
  /** The latest first. */
  readonly history: HistoryView[];
  /** What was promised about it, the first promise first. */
  readonly sla: ReturnType<typeof toClockDto>[];
}

/** One ticket with its history and its promises. Throws 404. */
export async function getTicket(ctx: Ctx, { ticketId }: { ticketId: string }): Promise<TicketDetail> {
  requireScope(ctx, "tickets:read");
  const row = await loadTicket(ctx, ticketId);
  const history = await entriesOf(ctx, { row, before: null, limit: SHOWN });
  const clocks = (await clocksOf(ctx, [ticketId])).get(ticketId) ?? [];
  return {
    ...ticketView(row, ctx.now()),
    history: history.map(({ view }) => view),
    sla: clocks.map(toClockDto),
  };
}

interface PageOfTicket extends PageRequest {
  readonly ticketId: string;
}

/** Every change of a ticket, the latest first. */
export async function listHistory(ctx: Ctx, query: PageOfTicket): Promise<Page<HistoryView>> {
  requireScope(ctx, "tickets:read");
  const { ticketId, limit, cursor } = query;
  const row = await loadTicket(ctx, ticketId);
  const before = cursor === undefined ? null : timeKey(decodeCursor(cursor, 1)[0]);
  const entries = await entriesOf(ctx, { row, before, limit: limit + 1 });
  return toPage(entries, { limit, keysOf: ({ seq }) => [seq], toDto: ({ view }) => view });
}

/** What was changed, the latest first, and before all of it the opening, which the ticket's own row tells of. */
async function entriesOf(
  ctx: Ctx,
  { row, before, limit }: { row: TicketRow; before: number | null; limit: number },
): Promise<{ readonly seq: number; readonly view: HistoryView }[]> {
  const changes = await selectHistory(ctx, { ticketId: row.id, before, limit });
  const entries = changes.map((one) => ({ seq: one.seq, view: historyView(one) }));
  return changes.length < limit ? [...entries, { seq: 0, view: openingView(row) }] : entries;
}

/** In the order of time; the first page holds the latest ones, its cursor leads to older ones. */
export async function listComments(ctx: Ctx, query: PageOfTicket): Promise<Page<CommentView>> {
  requireScope(ctx, "tickets:read");
  const { ticketId, limit, cursor } = query;
  await loadTicket(ctx, ticketId);
  const before = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectComments(ctx, { ticketId, before, limit: limit + 1 });
  const kept = rows.slice(0, limit).reverse();
  const oldest = kept[0];
  return {
    data: await shownComments(ctx, kept),
    next_cursor: rows.length > limit && oldest !== undefined ? encodeCursor([oldest.id]) : null,
  };
}
