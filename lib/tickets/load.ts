import type { Ctx } from "../context.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { selectTicket, type TicketRow } from "./store.ts";

/** 404 also for another workspace's. */
export async function loadTicket(at: Ctx, id: string): Promise<TicketRow> {
  const row = await selectTicket(at, id);
  if (row === null) throw notFound("ticket", id);
  return row;
}

/** Throws 412 unless the ticket has one of these versions; undefined: any will do. */
export function requireVersion(row: TicketRow, versions: readonly number[] | undefined): void {
  if (versions === undefined || versions.includes(row.version)) return;
  throw new AppError("precondition_failed", `The ticket has version ${row.version} by now: read it again`, {
    extra: { version: row.version },
  });
}
