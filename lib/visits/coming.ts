import type { Ctx } from "../context.ts";
import { selectComing, selectVisit, type VisitRow } from "./store.ts";

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
