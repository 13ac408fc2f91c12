import type { output } from "zod";
import { forgetCalendarsOf } from "../connected-calendars/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, invalid } from "../kernel/errors.ts";
import {
  changeOperator as changeRow,
  findOperator,
  loadOperator,
  type OperatorChange,
  type OperatorRow,
  type OperatorView,
  operatorView,
  removeOperator as removeRow,
} from "../operators/mod.ts";
import { handOverTickets, heldBy } from "../tickets/mod.ts";
import { handOverVisits, openVisitsOf } from "../visits/mod.ts";
import { type HandoverInput, handoverInput } from "./schemas.ts";

/** Of one operator, in one commit; who has more hands over some before. */
const MOST_WORK = 500;
const MOST_NAMED = 20;

/**
 * Takes an operator away with what becomes of their open work, in one commit; what was done keeps the name. Throws 409
 * with what is open when nothing is said of it, or when the other can't make a visit.
 */
export async function removeOperator(
  ctx: Ctx,
  { id, ...input }: HandoverInput & { id: string },
): Promise<void> {
  requireScope(ctx, "operators:write");
  const wanted = handoverInput.parse(input);
  await ctx.transact(async (tx) => {
    await loadOperator(tx, id);
    await requireDecided(tx, { id, wanted });
    // First, so that none of the work comes back to them.
    await removeRow(tx, { id });
    await handOver(tx, { id, wanted });
    await forgetCalendarsOf(tx, id);
  });
}

/** The same for one who stays on the list and gets no more work. Throws 409 as removing does. */
export async function deactivateOperator(
  ctx: Ctx,
  given: HandoverInput & { id: string },
): Promise<OperatorView> {
  return await changeOperator(ctx, { ...given, active: false });
}

/** Changes what is given. One who is to get no more work leaves none behind: throws 409 as removing does. */
export async function changeOperator(
  ctx: Ctx,
  { id, reassign_to, unassign, ...change }: OperatorChange & HandoverInput & { id: string },
): Promise<OperatorView> {
  requireScope(ctx, "operators:write");
  const wanted = handoverInput.parse({ reassign_to, unassign });
  return await ctx.transact(async (tx) => {
    await loadOperator(tx, id);
    const leaves = change.active === false;
    if (leaves) await requireDecided(tx, { id, wanted });
    const view = await changeRow(tx, { id, ...change });
    if (!leaves) return view;
    await handOver(tx, { id, wanted });
    return await operatorView(tx, await loadOperator(tx, id));
  });
}

interface Leaving {
  readonly id: string;
  readonly wanted: output<typeof handoverInput>;
}

async function requireDecided(tx: Tx, { id, wanted }: Leaving): Promise<void> {
  const [tickets, visits] = [await heldBy(tx, id), await openVisitsOf(tx, id)];
  const open = {
    tickets: tickets.length,
    ticket_ids: tickets.slice(0, MOST_NAMED),
    visits: visits.length,
    visit_ids: visits.slice(0, MOST_NAMED),
  };
  if (tickets.length + visits.length > MOST_WORK) {
    throw new AppError("conflict", `At most ${MOST_WORK} tickets and visits are handed over at once`, {
      extra: { open },
    });
  }
  if (tickets.length + visits.length === 0 || wanted.unassign || wanted.reassign_to !== undefined) return;
  throw new AppError("conflict", "The operator has open work: say who gets it, or that nobody does", {
    extra: { open, allowed: ["reassign_to", "unassign"] },
  });
}

async function handOver(tx: Tx, { id, wanted: { reassign_to, unassign } }: Leaving): Promise<void> {
  const to = reassign_to === undefined ? null : await takerOf(tx, { id, to: reassign_to });
  const visits = await handOverVisits(tx, { from: id, to, unassign });
  const tickets = await handOverTickets(tx, { from: id, to: to?.id ?? null });
  if (tickets + visits.reassigned + visits.unassigned === 0) return;
  await emit(tx, {
    type: "operator.work_handed_over",
    subjectId: id,
    data: { operator_id: id, to: to?.id ?? null, tickets, visits },
  });
}

async function takerOf(tx: Tx, { id, to }: { id: string; to: string }): Promise<OperatorRow> {
  const taker = to === id ? null : await findOperator(tx, to);
  if (taker === null || !taker.active) throw invalid("reassign_to", "is no other operator who gets work");
  return taker;
}
