import { audit } from "../audit/mod.ts";
import type { Presence } from "../../db/schema/operators.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { enqueue } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { isoOrNull, MINUTE } from "../kernel/clock.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { changing } from "./freed.ts";
import { presenceLapse } from "./jobs.ts";
import { findOperator, loadOperator } from "./load-operator.ts";
import { presenceAt } from "./policy.ts";
import { type OperatorView, viewOf } from "./present.ts";
import { type PresenceInput, presenceInput } from "./schemas.ts";
import { type OperatorRow, selectOperatorOfUser, updateOperator } from "./store.ts";

/** Sets an operator's presence, or renews it. */
export async function setPresence(
  ctx: Ctx,
  { id, ...input }: PresenceInput & { id: string },
): Promise<OperatorView> {
  requireScope(ctx, "operators:write");
  return await ctx.transact(async (tx) => await write(tx, { operator: await loadOperator(tx, id), input }));
}

/** The caller's own: whoever is linked to an operator may say whether they are there. */
export async function setOwnPresence(ctx: Ctx, input: PresenceInput): Promise<OperatorView> {
  requireScope(ctx, "operators:read");
  return await ctx.transact(async (tx) => await write(tx, { operator: await loadOwn(tx), input }));
}

/** The operator who the caller is. Throws 404 when the caller is none. */
export async function ownOperator(ctx: Ctx): Promise<OperatorView> {
  requireScope(ctx, "operators:read");
  return await viewOf(ctx, await loadOwn(ctx));
}

async function loadOwn(at: Ctx): Promise<OperatorRow> {
  if (at.actor.kind !== "user") {
    throw new AppError("forbidden", "Only a person who signed in can be an operator");
  }
  const operator = await selectOperatorOfUser(at, at.actor.id);
  if (operator === null) throw notFound("operator of the user", at.actor.id);
  return operator;
}

async function write(
  tx: Tx,
  { operator, input }: { operator: OperatorRow; input: PresenceInput },
): Promise<OperatorView> {
  const { presence, for_minutes } = presenceInput.parse(input);
  const now = tx.now();
  const was = presenceAt(operator, now);
  const presenceUntil = presence === "offline" ? null : now + for_minutes * MINUTE;
  const row = await changing(
    tx,
    { before: operator, by: "presence" },
    () => updateOperator(tx, operator.id, { presence, presenceUntil, lastSeenAt: now }),
  );
  if (presenceUntil !== null) {
    const { id: operatorId } = operator;
    await enqueue(tx, presenceLapse, { operatorId }, { runAt: presenceUntil, onDuplicate: "push" });
  }
  if (was !== presence) {
    await tell(tx, row, { from: was, to: presence });
    await audit(tx, {
      action: "operator.set_presence",
      subjectId: row.id,
      detail: { from: was, to: presence },
    });
  }
  return await viewOf(tx, row);
}

/** Ends a presence whose time is over; one that was renewed meanwhile is looked at again then. */
export async function lapsePresence(ctx: Ctx, { operatorId }: { operatorId: string }): Promise<void> {
  requireScope(ctx, "operators:write");
  await ctx.transact(async (tx) => {
    const operator = await findOperator(tx, operatorId);
    if (operator === null) return;
    const { presence, presenceUntil } = operator;
    if (presence === "offline") return;
    if (presenceUntil !== null && presenceUntil > tx.now()) {
      await enqueue(tx, presenceLapse, { operatorId }, { runAt: presenceUntil, onDuplicate: "push" });
      return;
    }
    await updateOperator(tx, operatorId, { presence: "offline", presenceUntil: null });
    await tell(tx, operator, { from: presence, to: "offline", lapsed: true });
  });
}

async function tell(
  tx: Tx,
  operator: OperatorRow,
  change: { from: Presence; to: Presence; lapsed?: boolean },
): Promise<void> {
  const { from, to, lapsed = false } = change;
  const until = isoOrNull(to === "offline" ? null : operator.presenceUntil);
  await emit(tx, {
    type: "operator.presence_changed",
    subjectId: operator.id,
    data: { operator_id: operator.id, from, to, lapsed, until },
  });
}
