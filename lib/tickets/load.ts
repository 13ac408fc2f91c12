import type { Ctx, Tx } from "../context.ts";
import { notFound } from "../kernel/errors.ts";
import { requireVersion as requireVersionOf, type Versions } from "../kernel/versions.ts";
import { selectTicket, type TicketRow } from "./store.ts";

/** 404 also for another workspace's. */
export async function loadTicket(at: Ctx, id: string): Promise<TicketRow> {
  const row = await selectTicket(at, id);
  if (row === null) throw notFound("ticket", id);
  return row;
}

/** Throws 412 unless the ticket has one of these versions; undefined: any will do. */
export function requireVersion(row: TicketRow, versions: Versions): void {
  requireVersionOf(row, { versions, what: "ticket" });
}

/** Merges that are followed: of the one into the other, and that into a third. */
const MOST_MERGES = 10;

/** The ticket that a merged one went into. */
export async function goesOnIn(tx: Tx, row: TicketRow | null): Promise<TicketRow | null> {
  let at = row;
  for (let step = 0; step < MOST_MERGES && at !== null && at.mergedInto !== null; step++) {
    at = await selectTicket(tx, at.mergedInto);
  }
  return at;
}
