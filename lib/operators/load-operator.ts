import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { notFound } from "../kernel/errors.ts";
import { type OperatorRow, selectOperator, selectOperatorOfUser } from "./store.ts";

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

/** What is an operator's own everybody may do for themselves; for another it needs the right to change operators. */
export async function requireOwnOperator(ctx: Ctx, operatorId: string): Promise<void> {
  const own = ctx.actor.kind === "user" ? await selectOperatorOfUser(ctx, ctx.actor.id) : null;
  if (own?.id !== operatorId) requireScope(ctx, "operators:write");
}
