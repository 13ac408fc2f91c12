import { audit } from "../audit/mod.ts";
import type { Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { enqueue } from "../jobs/mod.ts";
import { visitTell } from "./jobs.ts";
import { toView } from "./present.ts";
import { insertStep, updateVisit, type VisitFields, type VisitRow } from "./store.ts";

type News = "scheduled" | "changed" | "cancelled";

export interface Move {
  readonly before: VisitRow;
  readonly to: VisitRow["state"];
  readonly change?: Partial<VisitFields>;
  readonly reason?: string | null;
  /** What both sides are told. */
  readonly news?: News;
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
  const { operatorId } = before;
  const formerOperatorId = operatorId !== null && operatorId !== row.operatorId ? operatorId : null;
  if (news !== undefined) await tellLater(tx, row, { news, formerOperatorId });
  return row;
}

/** Both sides are told of a visit as it is now. */
export async function tellLater(
  tx: Tx,
  { id: visitId, sequence, startsAt }: Pick<VisitRow, "id" | "sequence" | "startsAt">,
  { news, formerOperatorId = null }: { news: News; formerOperatorId?: string | null },
): Promise<void> {
  await enqueue(tx, visitTell, { visitId, news, sequence, startsAt, formerOperatorId });
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
