import type { Tx } from "../context.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { changing } from "./freed.ts";
import { raiseLoad, selectOperator, writeLoad } from "./store.ts";

/**
 * Counts a piece of work to an operator, in the transaction that gives it. Throws 409 when the operator is full and
 * `anyway` is not meant (a person chose, or the team's policy did), 404 when there is none.
 */
export async function takeLoad(
  tx: Tx,
  { operatorId, anyway = false }: { operatorId: string; anyway?: boolean },
): Promise<void> {
  if (await raiseLoad(tx, { operatorId, anyway })) return;
  const operator = await selectOperator(tx, operatorId);
  if (operator === null || operator.removedAt !== null) throw notFound("operator", operatorId);
  const { load, capacity } = operator;
  throw new AppError("conflict", `${operator.name} has ${load} of ${capacity} pieces of work already`, {
    extra: { load, capacity },
  });
}

/** Gives a place back. Never falls below nothing; an operator who is gone is left alone. */
export async function dropLoad(tx: Tx, { operatorId }: { operatorId: string }): Promise<void> {
  const before = await selectOperator(tx, operatorId);
  if (before === null || before.load === 0) return;
  const load = before.load - 1;
  await changing(tx, { before, by: "load_dropped" }, () => writeLoad(tx, { operatorId, load }));
}
