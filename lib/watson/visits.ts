import { localTime } from "../business-time/mod.ts";
import type { Ctx } from "../context.ts";
import { iso } from "../kernel/clock.ts";
import { AppError, nullIfGone } from "../kernel/errors.ts";
import { getVisit, listVisits, type VisitView } from "../visits/mod.ts";
import { selectVisitsOfTalk } from "./store.ts";
import type { When } from "./when.ts";

/** Which visit somebody speaks of. */
export interface Meant {
  /** Ids that the caller knows. */
  readonly visitId: string | undefined;
  readonly contactId: string | undefined;
  readonly clientId: string | undefined;
  /** Our id of the talk; null: it is none. */
  readonly session: string | null;
  /** The time that it has, as far as it was said. */
  readonly when?: When | undefined;
  readonly zone: string;
}

const OPEN: ReadonlySet<string> = new Set(["requested", "scheduled", "confirmed"]);
const MOST = 50;

/**
 * The visit that is meant: the one that the caller names, else of those to come the last one that was made in the talk,
 * or the only one of whoever speaks. Throws 404, also when the one that is named has another time than was said; 409 when
 * it may be one of several.
 */
export async function visitMeant(ctx: Ctx, meant: Meant): Promise<VisitView> {
  if (meant.visitId !== undefined) {
    const named = await getVisit(ctx, { id: meant.visitId });
    if (!isAt(named, meant)) throw noSuchVisit();
    return named;
  }
  const fits = (visit: VisitView) => isToCome(ctx, visit) && isAt(visit, meant);
  const [last] = (await madeInTalk(ctx, meant.session)).filter(fits);
  if (last !== undefined) return last;
  const [one, other] = (await theirs(ctx, meant)).filter(fits);
  if (one === undefined) throw noSuchVisit();
  if (other !== undefined) {
    throw new AppError("conflict", "There are several visits to come", {
      extra: { reason: "several_visits" },
    });
  }
  return one;
}

function noSuchVisit(): AppError {
  return new AppError("not_found", "There is no such visit to come", { extra: { reason: "no_such_visit" } });
}

/** The latest first. */
async function madeInTalk(ctx: Ctx, session: string | null): Promise<VisitView[]> {
  const ids = session === null ? [] : await selectVisitsOfTalk(ctx, session);
  const found = await Promise.all(ids.map((id) => nullIfGone(getVisit(ctx, { id }))));
  return found.filter((visit) => visit !== null);
}

/** Of whom the caller knows; where nobody is known none, and not anybody's. */
async function theirs(ctx: Ctx, { contactId, clientId }: Meant): Promise<readonly VisitView[]> {
  if (contactId === undefined && clientId === undefined) return [];
  const whose = contactId === undefined ? { client_id: clientId } : { contact_id: contactId };
  const from = iso(ctx.now());
  return (await listVisits(ctx, { ...whose, from, sort: "starts_at", limit: MOST })).data;
}

const isToCome = (ctx: Ctx, { state, starts_at }: VisitView) =>
  OPEN.has(state) && (starts_at === null || Date.parse(starts_at) > ctx.now());

function isAt({ starts_at }: VisitView, { when, zone }: Meant): boolean {
  if (when === undefined) return true;
  if (starts_at === null) return false;
  const { date, minutes } = localTime(zone, Date.parse(starts_at));
  return (when.anyDay === true || date === when.date) && (when.minutes === null || minutes === when.minutes);
}
