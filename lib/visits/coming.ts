import type { Ctx } from "../context.ts";
import { type VisitView, visitViews } from "./present.ts";
import { selectComing, selectComingAt, selectVisit, type VisitRow } from "./store.ts";

/** A visit that stands and has not begun; null: it does not, or it is over. */
export async function visitToCome(
  at: Ctx,
  id: string,
): Promise<Pick<VisitRow, "state"> & { startsAt: number } | null> {
  const visit = await selectVisit(at, id);
  if (visit === null || visit.startsAt === null || visit.startsAt <= at.now()) return null;
  const { state, startsAt } = visit;
  return state === "scheduled" || state === "confirmed" ? { state, startsAt } : null;
}

/** The visits that stand and have not begun, by their ids. */
export async function nextVisits(
  at: Ctx,
  page: { after: string | null; limit: number },
): Promise<string[]> {
  return await selectComing(at, page);
}

/**
 * The visits that were to come at a time, when they were to begin then and in which state they were; what else is told
 * of them is as it is today.
 */
export async function visitsToComeAt(
  at: Ctx,
  which: { time: number; limit: number },
): Promise<VisitView[]> {
  return await visitViews(at, await selectComingAt(at, which));
}
