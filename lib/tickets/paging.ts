import type { Ctx } from "../context.ts";
import { decodeCursor, notACursor, type Page, timeKey, toPage } from "../kernel/page.ts";
import { type TicketView, ticketView } from "./present.ts";
import type { Listed } from "./store-list.ts";

/** Counting further tells nobody anything, and takes time. */
export const COUNTED = 10_000;

/** A count to 10,000; `more`: there are still others, or what is rare among very many was not looked for to the end. */
export interface Count {
  readonly count: number;
  readonly more: boolean;
}

export interface TicketPage extends Page<TicketView> {
  /** Where it was asked for. */
  readonly total: Count | null;
  /** Of a search: how many tickets have the words, and in which order they are; null: no words were given. */
  readonly search: (Count & { readonly order: "newest" | "relevance" }) | null;
}

export function counted(count: number): Count {
  return { count: Math.min(count, COUNTED), more: count > COUNTED };
}

/** How lists and searches are in order. A cursor says of which order it is: in another one it would skip most. */
export type Order = "created" | "updated" | "newest" | "relevance";

/** Throws 422 for one of another order. */
export function fromCursor<O extends Order>(cursor: string | undefined, orders: readonly O[]) {
  if (cursor === undefined) return null;
  const [named, at, seq] = decodeCursor(cursor, 3);
  const order = orders.find((one) => one === named);
  if (order === undefined) throw notACursor();
  return { order, at: timeKey(at), seq: timeKey(seq) };
}

export function pageOf(
  ctx: Ctx,
  { listed: { found, lookedTo }, order, limit }: { listed: Listed; order: Order; limit: number },
): Page<TicketView> {
  const { data, next_cursor } = toPage(found, {
    limit,
    keysOf: ({ at, seq }) => [order, at, seq],
    toDto: ({ row }) => row,
    lookedTo: lookedTo === null ? null : [order, lookedTo.at, lookedTo.seq],
  });
  const now = ctx.now();
  return { data: data.flatMap((row) => row === null ? [] : [ticketView(row, now)]), next_cursor };
}
