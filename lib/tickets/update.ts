import type { output } from "zod";
import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { enqueue } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { type Change, changeTicket } from "./change.ts";
import { ticketsIndex } from "./jobs.ts";
import { loadTicket, requireVersion } from "./load.ts";
import { namedContact } from "./named.ts";
import { type TicketView, ticketView } from "./present.ts";
import { type TicketChange, ticketChange } from "./schemas.ts";
import type { TicketRow } from "./store.ts";

export interface TicketChoice {
  readonly ticketId: string;
  /** Of `If-Match`: the change is refused unless the ticket has one of these. */
  readonly versions?: readonly number[] | undefined;
}

/**
 * Changes what is given of a ticket. Throws 404, 409 with the legal states, 412 when it has another version, 422 for
 * what is named and not there.
 */
export async function updateTicket(
  ctx: Ctx,
  { ticketId, versions, ...given }: TicketChoice & TicketChange,
): Promise<TicketView> {
  requireScope(ctx, "tickets:write");
  const wanted = ticketChange.parse(given);
  return await ctx.transact(async (tx) => {
    const row = await loadTicket(tx, ticketId);
    requireVersion(row, versions);
    return ticketView(await applyWanted(tx, { row, wanted }), tx.now());
  });
}

/** The same in the caller's transaction, for whoever has loaded the ticket and checked the scope. */
export async function applyWanted(
  tx: Tx,
  { row, wanted }: { row: TicketRow; wanted: output<typeof ticketChange> },
): Promise<TicketRow> {
  const changed = await changeTicket(tx, { row, change: await fieldsOf(tx, wanted) });
  if (changed === row) return row;
  if (row.subject !== changed.subject || row.description !== changed.description) {
    await enqueue(tx, ticketsIndex, { ticketId: row.id });
  }
  await audit(tx, {
    action: "ticket.update",
    subjectId: row.id,
    detail: { fields: Object.keys(wanted), version: changed.version },
  });
  return changed;
}

async function fieldsOf(tx: Tx, wanted: output<typeof ticketChange>): Promise<Change> {
  const { contact_id, scheduled_for, sla_policy_id, ...plain } = wanted;
  if (typeof contact_id === "string") await namedContact(tx, contact_id);
  return {
    ...withoutUndefined(plain),
    ...(contact_id === undefined ? {} : { contactId: contact_id }),
    ...(sla_policy_id === undefined ? {} : { slaPolicyId: sla_policy_id }),
    ...(scheduled_for === undefined
      ? {}
      : { scheduledFor: scheduled_for === null ? null : Date.parse(scheduled_for) }),
  };
}

/** Safe because leaving out undefined values leaves the types of the others as they were. */
function withoutUndefined<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
