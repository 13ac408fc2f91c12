import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { AppError } from "../kernel/errors.ts";
import { isoOrNull } from "../kernel/clock.ts";
import type { OperatorRow } from "../operators/mod.ts";
import { agendasOf } from "./agenda.ts";
import { type Clash, clashOf } from "./policy.ts";
import { toView } from "./present.ts";
import { selectOpenOf, updateVisit, type VisitRow } from "./store.ts";
import { tellLater } from "./write.ts";

/** The visits of an operator that are still to be made, or are being made. */
export async function openVisitsOf(at: Ctx, operatorId: string): Promise<string[]> {
  return (await selectOpenOf(at, operatorId)).map(({ id }) => id);
}

export interface HandedVisits {
  readonly reassigned: number;
  /** Keep their time, and wait for somebody to make them. */
  readonly unassigned: number;
}

const UNDER_WAY: readonly VisitRow["state"][] = ["on_the_way", "checked_in"];

/**
 * Gives an operator's visits to another one who has the time for them; what can't be given stays at its time without
 * an operator where `unassign` says so. Throws 409 for visits under way, and else for those that the other can't make.
 */
export async function handOverVisits(
  tx: Tx,
  { from, to, unassign }: { from: string; to: OperatorRow | null; unassign: boolean },
): Promise<HandedVisits> {
  const rows = await selectOpenOf(tx, from);
  const underWay = rows.filter(({ state }) => UNDER_WAY.includes(state)).map(({ id }) => id);
  if (underWay.length > 0) {
    throw new AppError("conflict", "Visits are under way: let them end first", {
      extra: { visit_ids: underWay },
    });
  }
  const refused: { visit_id: string; starts_at: string | null; reason: Clash["reason"] }[] = [];
  let reassigned = 0;
  for (const row of rows) {
    const clash = to === null ? null : await clashFor(tx, row, to);
    if (to !== null && clash === null) {
      await give(tx, row, to.id);
      reassigned++;
    } else if (unassign) await give(tx, row, null);
    else if (clash !== null) {
      refused.push({ visit_id: row.id, starts_at: isoOrNull(row.startsAt), reason: clash.reason });
    }
  }
  if (refused.length > 0) {
    throw new AppError("conflict", "The other operator can't make all of the visits", {
      extra: { visits: refused, allowed: ["unassign"] },
    });
  }
  return { reassigned, unassigned: rows.length - reassigned };
}

/** What keeps the other from a visit; one that has no time, or whose time is past, is anybody's. */
async function clashFor(
  tx: Tx,
  { id, siteId, startsAt, endsAt }: VisitRow,
  to: OperatorRow,
): Promise<Clash | null> {
  if (startsAt === null || endsAt === null || startsAt < tx.now()) return null;
  const span = { start: startsAt, end: endsAt };
  const agendas = await agendasOf(tx, { workers: [to], siteId, span, except: id });
  const agenda = agendas.get(to.id);
  return agenda === undefined ? null : clashOf(span, agenda);
}

async function give(tx: Tx, before: VisitRow, operatorId: string | null): Promise<void> {
  const sequence = before.sequence + 1;
  const row = { ...before, operatorId, sequence, updatedAt: tx.now() };
  await updateVisit(tx, row.id, { operatorId, sequence, updatedAt: row.updatedAt });
  const fields = ["operator_id"];
  await emit(tx, { type: "visit.changed", subjectId: row.id, data: { visit: toView(row), fields } });
  await audit(tx, {
    action: "visit.hand_over",
    subjectId: row.id,
    detail: { from: before.operatorId, to: operatorId },
  });
  if (operatorId === null || row.startsAt === null || row.startsAt < tx.now()) return;
  await tellLater(tx, row, { news: "changed" });
}
