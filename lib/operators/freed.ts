import type { Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { enqueue } from "../jobs/mod.ts";
import { operatorsDrain } from "./jobs.ts";
import { blockOf, shiftsOf } from "./policy.ts";
import { type OperatorRow, selectOperator } from "./store.ts";

export type FreedBy =
  | "load_dropped"
  | "capacity_raised"
  | "presence"
  | "shift_began"
  | "profile_changed"
  | "team_joined";

export function isFree(tx: Tx, operator: OperatorRow): boolean {
  return operator.removedAt === null &&
    blockOf({ ...operator, shifts: shiftsOf(operator) }, { now: tx.now() }) === null;
}

/** Says that an operator who could take no work (or not such work) now can, and has what was held handed out. */
export async function tellFreed(tx: Tx, operator: OperatorRow, by: FreedBy): Promise<void> {
  await emit(tx, {
    type: "operator.capacity_freed",
    subjectId: operator.id,
    data: { operator_id: operator.id, by, free: operator.capacity - operator.load },
  });
  await enqueue(tx, operatorsDrain, { operatorId: operator.id });
}

/** Makes a change to an operator; tells when it turned from not free to free. Resolves to the row as it is now. */
export async function changing(
  tx: Tx,
  { before, by }: { before: OperatorRow; by: FreedBy },
  change: () => Promise<unknown>,
): Promise<OperatorRow> {
  const wasFree = isFree(tx, before);
  await change();
  const now = await selectOperator(tx, before.id) ?? before;
  if (!wasFree && isFree(tx, now)) await tellFreed(tx, now, by);
  return now;
}
