import type { Ctx } from "../context.ts";
import { notFound } from "../kernel/errors.ts";
import { type OperatorRow, selectOperator } from "./store.ts";

/** null for one who was removed. */
export async function findOperator(at: Ctx, id: string): Promise<OperatorRow | null> {
  const operator = await selectOperator(at, id);
  return operator === null || operator.removedAt !== null ? null : operator;
}

/** Throws 404, also for one who was removed. */
export async function loadOperator(at: Ctx, id: string): Promise<OperatorRow> {
  const operator = await findOperator(at, id);
  if (operator === null) throw notFound("operator", id);
  return operator;
}
