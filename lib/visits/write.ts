import { audit } from "../audit/mod.ts";
import type { Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { enqueue } from "../jobs/mod.ts";
import { visitTell } from "./jobs.ts";
import { toView } from "./present.ts";
import { insertStep, updateVisit, type VisitFields, type VisitRow } from "./store.ts";

export interface Move {
  readonly before: VisitRow;
  readonly to: VisitRow["state"];
  readonly change?: Partial<VisitFields>;
  readonly reason?: string | null;
  /** What both sides are told. */
  readonly news?: "scheduled" | "changed" | "cancelled";
  /** Calendars have to follow. */
  readonly revised?: boolean;
}

/** Gives a visit another state (or the same with another time): row, step, event, audit entry and news together. */
export async function moveVisit(tx: Tx, move: Move): Promise<VisitRow> {
  const { before, to, change = {}, reason = null, news, revised = news !== undefined } = move;
  const sequence = before.sequence + (revised ? 1 : 0);
  const fields = { ...change, state: to, sequence, updatedAt: tx.now() };
  const row = { ...before, ...fields };
  await updateVisit(tx, before.id, fields);
  await tellMoved(tx, { row, from: before.state, reason });
  if (news !== undefined) {
    const { operatorId } = before;
    const former = operatorId !== null && operatorId !== row.operatorId ? operatorId : null;
    await enqueue(tx, visitTell, {
      visitId: row.id,
      news,
      sequence,
      startsAt: row.startsAt,
      formerOperatorId: former,
    });
  }
  return row;
}

/** What of a state is written beside the row itself. */
export async function tellMoved(
  tx: Tx,
  { row, from, reason }: { row: VisitRow; from: VisitRow["state"] | null; reason: string | null },
): Promise<void> {
  const { id: visitId, state: to, startsAt } = row;
  await insertStep(tx, { visitId, from, to, startsAt, reason });
  await emit(tx, { type: `visit.${to}`, subjectId: visitId, data: { visit: toView(row), from, reason } });
  await audit(tx, { action: `visit.${to}`, subjectId: visitId, detail: { from, startsAt } });
}
