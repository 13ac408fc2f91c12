import type { input } from "zod";
import { audit } from "../audit/mod.ts";
import { standingId } from "../clients/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso } from "../kernel/clock.ts";
import { given } from "../kernel/given.ts";
import { decodeCursor, type Page, type PageRequest, timeKey, toPage } from "../kernel/page.ts";
import { operatorFor } from "./agenda.ts";
import { concernedBy, loadVisit } from "./load.ts";
import { type StepView, stepView, toView, type VisitView, visitView, visitViews } from "./present.ts";
import { link, reschedule } from "./schedule.ts";
import { type VisitChange, visitChange, visitQuery } from "./schemas.ts";
import { selectSteps, selectVisits, updateVisit, type VisitFields, type VisitRow } from "./store.ts";
import { tellLater } from "./write.ts";

export type VisitDetail = VisitView & { readonly steps: StepView[] };

/** One visit with every state that it had. */
export async function getVisit(ctx: Ctx, { id }: { id: string }): Promise<VisitDetail> {
  requireScope(ctx, "visits:read");
  const row = await loadVisit(ctx, id);
  return { ...await visitView(ctx, row), steps: (await selectSteps(ctx, id)).map(stepView) };
}

export type VisitQuery = PageRequest & input<typeof visitQuery>;

/** The newest first, or by their time. */
export async function listVisits(
  ctx: Ctx,
  { limit, cursor, ...query }: VisitQuery,
): Promise<Page<VisitView>> {
  requireScope(ctx, "visits:read");
  const filter = visitQuery.parse(query);
  const byStart = filter.sort === "starts_at";
  const rows = await selectVisits(ctx, {
    ...(byStart ? { byStart: { after: placeOf(cursor) } } : { before: beforeOf(cursor) }),
    limit: limit + 1,
    state: filter.state,
    operatorId: filter.operator_id === "none" ? null : filter.operator_id,
    clientId: await standingId(ctx, filter.client_id),
    contactId: filter.contact_id,
    siteId: filter.site_id,
    ticketId: filter.ticket_id,
    from: filter.from === undefined ? undefined : Date.parse(filter.from),
    to: filter.to === undefined ? undefined : Date.parse(filter.to),
  });
  const page = toPage(rows, {
    limit,
    keysOf: ({ id, startsAt }) => byStart ? [startsAt ?? 0, id] : [id],
    toDto: (row) => row,
  });
  return { ...page, data: await visitViews(ctx, page.data) };
}

function beforeOf(cursor: string | undefined): string | null {
  return cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
}

function placeOf(cursor: string | undefined): { startsAt: number; id: string } | null {
  if (cursor === undefined) return null;
  const [startsAt, id] = decodeCursor(cursor, 2);
  return { startsAt: timeKey(startsAt), id: String(id) };
}

/**
 * Changes what is given. Another time, length, operator or site is looked at like a new visit: 409 with the free slots
 * near when it can't be, and it has to be confirmed again.
 */
export async function changeVisit(
  ctx: Ctx,
  { id, ...input }: VisitChange & { id: string },
): Promise<VisitView> {
  requireScope(ctx, "visits:write");
  const change = visitChange.parse(input);
  return await ctx.transact(async (tx) => {
    const before = await loadVisit(tx, id);
    const { client_id, contact_id, site_id, ticket_id, subject, instructions, address } = change;
    const named = [client_id, contact_id, site_id, ticket_id].some((one) => one !== undefined);
    const concerned = !named ? {} : await concernedBy(tx, {
      client_id: client_id === undefined ? before.clientId : client_id,
      contact_id: contact_id === undefined ? before.contactId : contact_id,
      site_id: site_id === undefined ? before.siteId : site_id,
      ticket_id: ticket_id === undefined ? before.ticketId : ticket_id,
    }, before);
    const unset = before.startsAt === null && change.starts_at === undefined;
    const operatorId = unset && change.operator_id !== undefined
      ? (await operatorFor(tx, change.operator_id)).id
      : undefined;
    const minutes = unset ? change.minutes : undefined;
    const details = given({
      subject,
      instructions,
      address,
      operatorId,
      minutes,
      ...concerned,
      updatedAt: tx.now(),
    });
    const after = { ...before, ...details };
    const startsAt = change.starts_at ?? (after.startsAt === null ? null : iso(after.startsAt));
    const moved = startsAt !== null && isMoved(before, { ...change, startsAt, siteId: after.siteId });
    const row = !moved ? await rewrite(tx, { before, details }) : await reschedule(tx, {
      before,
      change: details,
      minutes: change.minutes ?? before.minutes,
      startsAt,
      operatorId: change.operator_id ?? before.operatorId,
      teamId: null,
      anyway: change.anyway ?? false,
    });
    if (typeof ticket_id === "string" && ticket_id !== before.ticketId) await link(tx, id, ticket_id);
    const fields = Object.keys(change);
    // Beside what is told of a move: both show the visit as it is after all of it.
    await emit(tx, { type: "visit.changed", subjectId: id, data: { visit: toView(row), fields } });
    await audit(tx, { action: "visit.change", subjectId: id, detail: { fields } });
    return await visitView(tx, row);
  });
}

/** Changes what is said of a visit at its time; who has to know hears of it. */
async function rewrite(
  tx: Tx,
  { before, details }: { before: VisitRow; details: Partial<VisitFields> },
): Promise<VisitRow> {
  const news = (before.startsAt ?? 0) > tx.now() && isNews(before, { ...before, ...details });
  const change = news ? { ...details, sequence: before.sequence + 1 } : details;
  await updateVisit(tx, before.id, change);
  const row = { ...before, ...change };
  if (news) await tellLater(tx, row, { news: "changed" });
  return row;
}

/** Another place or another contact of a visit that is to come: both sides have to know. */
function isNews(before: VisitRow, after: VisitRow): boolean {
  if (before.state !== "scheduled" && before.state !== "confirmed") return false;
  return before.contactId !== after.contactId || (after.siteId === null && before.address !== after.address);
}

function isMoved(
  before: VisitRow,
  { startsAt, minutes, operator_id, siteId }: {
    startsAt: string;
    minutes?: number | undefined;
    operator_id?: string | undefined;
    siteId: string | null;
  },
): boolean {
  return Date.parse(startsAt) !== before.startsAt || (minutes ?? before.minutes) !== before.minutes ||
    (operator_id ?? before.operatorId) !== before.operatorId || siteId !== before.siteId;
}
