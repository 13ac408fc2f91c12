import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { type Assignment, choose, needsOf } from "./assign.ts";
import { changeTicket } from "./change.ts";
import { loadTicket, requireVersion } from "./load.ts";
import { type TicketView, ticketView } from "./present.ts";
import { requireLive } from "./policy.ts";
import type { TicketChoice } from "./update.ts";

/** Why the operator who has a ticket got it, or why nobody could. null: nobody decided anything yet. */
export async function explainAssignment(
  ctx: Ctx,
  { ticketId }: { ticketId: string },
): Promise<
  { ticket_id: string; assignee_id: string | null; team_id: string | null; assignment: Assignment | null }
> {
  requireScope(ctx, "tickets:read");
  const { assigneeId, teamId, assignment } = await loadTicket(ctx, ticketId);
  return { ticket_id: ticketId, assignee_id: assigneeId, team_id: teamId, assignment };
}

/** Chooses anew who gets a ticket, also in place of whoever has it. Throws 409 for one that is done. */
export async function assignTicket(ctx: Ctx, { ticketId, versions }: TicketChoice): Promise<TicketView> {
  requireScope(ctx, "tickets:write");
  return await ctx.transact(async (tx) => {
    const row = await loadTicket(tx, ticketId);
    requireVersion(row, versions);
    requireLive(row.state);
    const found = await choose(tx, await needsOf(tx, row));
    const changed = await changeTicket(tx, { row, change: found, action: "assigned" });
    await audit(tx, {
      action: "ticket.assign",
      subjectId: ticketId,
      detail: { decision: found.assignment.decision },
    });
    return ticketView(changed, tx.now());
  });
}
