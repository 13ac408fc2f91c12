import { nextShiftStart } from "../business-time/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { enqueue } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { isFree, tellFreed } from "./freed.ts";
import { shiftBegins } from "./jobs.ts";
import { findOperator } from "./load-operator.ts";
import { shiftsOf } from "./policy.ts";
import type { OperatorRow } from "./store.ts";

type Shifts = Pick<OperatorRow, "id" | "timezone" | "hours" | "daysOff">;

const startAfter = (operator: Shifts, at: number) =>
  operator.hours === null ? null : nextShiftStart(shiftsOf(operator), at);

/** Sets the timer of the next shift. Timers of hours that were changed since find no shift and end. */
export async function awaitShift(tx: Tx, operator: Shifts): Promise<void> {
  const at = startAfter(operator, tx.now());
  if (at !== null) await enqueue(tx, shiftBegins, { operatorId: operator.id, at }, { runAt: at });
}

/** A shift begins: what was held for the operator is handed out. A second run hands out nothing twice. */
export async function beginShift(
  ctx: Ctx,
  { operatorId, at }: { operatorId: string; at: number },
): Promise<void> {
  requireScope(ctx, "operators:write");
  await ctx.transact(async (tx) => {
    const operator = await findOperator(tx, operatorId);
    if (operator === null) return;
    await awaitShift(tx, operator);
    if (startAfter(operator, at - 1) === at && isFree(tx, operator)) {
      await tellFreed(tx, operator, "shift_began");
    }
  });
}
