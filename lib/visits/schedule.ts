import type { Span } from "../business-time/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { MINUTE } from "../kernel/clock.ts";
import { invalid } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { onlyContactOf } from "../clients/mod.ts";
import { linkTicket } from "../tickets/mod.ts";
import { operatorFor, requireFree, workersOf } from "./agenda.ts";
import { concernedBy, type ConcernedRow, loadVisit } from "./load.ts";
import { requireTransition } from "./policy.ts";
import { type VisitView, visitView } from "./present.ts";
import { setReminders } from "./remind.ts";
import { type NewVisit, newVisit, type ScheduleInput, scheduleInput } from "./schemas.ts";
import { settingsOf } from "./settings.ts";
import { insertVisit, type VisitFields, type VisitRow } from "./store.ts";
import { moveVisit, tellLater, tellMoved } from "./write.ts";

/**
 * Makes a visit: scheduled when its time is said, else asked for. Throws 409 with the free slots near when nobody can
 * make it then, 422 for what it names and is not there.
 */
export async function createVisit(ctx: Ctx, input: NewVisit): Promise<VisitView> {
  requireScope(ctx, "visits:write");
  const given = newVisit.parse(input);
  return await ctx.transact(async (tx) => {
    const concerned = await withSomebody(tx, await concernedBy(tx, given));
    const minutes = given.minutes ?? (await settingsOf(tx)).default_minutes;
    const time = given.starts_at === undefined ? null : await timeFor(tx, {
      startsAt: given.starts_at,
      minutes,
      operatorId: given.operator_id ?? null,
      teamId: given.team_id ?? null,
      siteId: concerned.siteId,
      anyway: given.anyway,
    });
    const wanted = time === null && given.operator_id !== undefined
      ? (await operatorFor(tx, given.operator_id)).id
      : null;
    const row = await writeNew(tx, { given, concerned, minutes, time, wanted });
    await tellMoved(tx, { row, from: null, reason: null });
    if (row.ticketId !== null) await link(tx, row.id, row.ticketId);
    if (time !== null) {
      await tellLater(tx, row, { news: "scheduled" });
      await setReminders(tx, row);
    }
    return await visitView(tx, row);
  });
}

/** A client with one contact is told by that one, where nobody else is named. */
async function withSomebody(tx: Tx, concerned: ConcernedRow): Promise<ConcernedRow> {
  const { contactId, clientId } = concerned;
  if (contactId !== null || clientId === null) return concerned;
  return { ...concerned, contactId: await onlyContactOf(tx, clientId) };
}

interface Time {
  readonly operatorId: string;
  readonly startsAt: number;
  readonly endsAt: number;
}

async function writeNew(
  tx: Tx,
  { given, concerned, minutes, time, wanted }: {
    given: Pick<VisitRow, "subject" | "instructions" | "address">;
    concerned: Pick<VisitRow, "clientId" | "contactId" | "siteId" | "ticketId">;
    minutes: number;
    time: Time | null;
    /** Who is to make it, of one that is only asked for. */
    wanted: string | null;
  },
): Promise<VisitRow> {
  const { subject, instructions, address } = given;
  const now = tx.now();
  const row = {
    ...EMPTY,
    ...concerned,
    id: newId("visit"),
    state: time === null ? "requested" as const : "scheduled" as const,
    subject,
    instructions,
    address,
    minutes,
    operatorId: time?.operatorId ?? wanted,
    startsAt: time?.startsAt ?? null,
    endsAt: time?.endsAt ?? null,
    createdAt: now,
    updatedAt: now,
  };
  await insertVisit(tx, row);
  return { ...row, workspaceId: tx.workspaceId };
}

/** What nobody has done yet. */
const EMPTY = {
  sequence: 0,
  confirmedAt: null,
  confirmedBy: null,
  cancelReason: null,
  checkedInAt: null,
  checkInNote: null,
  checkInLatitude: null,
  checkInLongitude: null,
  checkedOutAt: null,
  checkOutNote: null,
  checkOutLatitude: null,
  checkOutLongitude: null,
} as const;

export async function link(tx: Tx, visitId: string, ticketId: string): Promise<void> {
  await linkTicket(tx, { ticketId, kind: "visit", targetId: visitId, relation: "related" });
}

/** Gives a visit a time, or another one; what the client confirmed was the time before. */
export async function scheduleVisit(
  ctx: Ctx,
  { id, ...input }: ScheduleInput & { id: string },
): Promise<VisitView> {
  requireScope(ctx, "visits:write");
  const given = scheduleInput.parse(input);
  return await ctx.transact(async (tx) => {
    const before = await loadVisit(tx, id);
    const row = await reschedule(tx, {
      before,
      minutes: given.minutes ?? before.minutes,
      startsAt: given.starts_at,
      operatorId: given.operator_id ?? (given.team_id === undefined ? before.operatorId : null),
      teamId: given.team_id ?? null,
      anyway: given.anyway,
    });
    return await visitView(tx, row);
  });
}

export interface Rescheduling {
  readonly before: VisitRow;
  readonly minutes: number;
  readonly startsAt: string;
  readonly operatorId: string | null;
  readonly teamId: string | null;
  readonly anyway: boolean;
  /** What else of the visit is other than before. */
  readonly change?: Partial<VisitFields>;
}

export async function reschedule(tx: Tx, wanted: Rescheduling): Promise<VisitRow> {
  const { before, minutes, change = {} } = wanted;
  requireTransition(before.state, "scheduled");
  const siteId = change.siteId === undefined ? before.siteId : change.siteId;
  const time = await timeFor(tx, { ...wanted, siteId, except: before.id });
  const row = await moveVisit(tx, {
    before,
    to: "scheduled",
    change: { ...change, ...time, minutes, confirmedAt: null, confirmedBy: null },
    news: before.state === "requested" ? "scheduled" : "changed",
  });
  await setReminders(tx, row);
  return row;
}

async function timeFor(
  tx: Tx,
  wanted: {
    startsAt: string;
    minutes: number;
    operatorId: string | null;
    teamId: string | null;
    siteId: string | null;
    anyway: boolean;
    except?: string;
  },
): Promise<Time> {
  const { minutes, siteId, anyway, except = null } = wanted;
  const start = Date.parse(wanted.startsAt);
  if (start < tx.now()) throw invalid("starts_at", "is in the past");
  const span: Span = { start, end: start + minutes * MINUTE };
  const workers = await workersOf(tx, wanted);
  const operatorId = await requireFree(tx, { workers, siteId, span, anyway, except });
  return { operatorId, startsAt: span.start, endsAt: span.end };
}
