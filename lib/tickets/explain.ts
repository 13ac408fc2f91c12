import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso } from "../kernel/clock.ts";
import { operatorsById, toCandidateDto } from "../operators/mod.ts";
import { type Assignment, choose, needsOf } from "./assign.ts";
import { changeTicket } from "./change.ts";
import { loadTicket, requireVersion } from "./load.ts";
import { type TicketView, ticketView } from "./present.ts";
import { requireLive } from "./policy.ts";
import type { TicketChoice } from "./update.ts";

/** An assignment as people read it. */
export interface ExplainedAssignment extends Omit<Assignment, "at" | "looked"> {
  readonly at: string;
  readonly explanation: ReturnType<typeof toCandidateDto>[];
}

/** Why the operator who has a ticket got it, or why nobody could. null: nobody decided anything yet. */
export async function explainAssignment(
  ctx: Ctx,
  { ticketId }: { ticketId: string },
): Promise<{
  ticket_id: string;
  assignee_id: string | null;
  team_id: string | null;
  assignment: ExplainedAssignment | null;
}> {
  requireScope(ctx, "tickets:read");
  const { assigneeId, teamId, assignment } = await loadTicket(ctx, ticketId);
  const explained = assignment === null ? null : await explain(ctx, assignment);
  return { ticket_id: ticketId, assignee_id: assigneeId, team_id: teamId, assignment: explained };
}

async function explain(ctx: Ctx, { at, looked, ...kept }: Assignment): Promise<ExplainedAssignment> {
  const operators = await operatorsById(ctx, [...new Set(looked.map(([id]) => id))]);
  const names = new Map(operators.map(({ id, name }) => [id, name]));
  return {
    ...kept,
    at: iso(at),
    explanation: looked.map(([operator_id, team_id, outcome, fit, load, capacity, waited]) =>
      toCandidateDto({
        operator_id,
        name: names.get(operator_id) ?? "",
        team_id,
        outcome,
        fit,
        load,
        capacity,
        waiting_since: at - waited,
      })
    ),
  };
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
