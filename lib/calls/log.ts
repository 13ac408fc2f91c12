import type { output } from "zod";
import { audit } from "../audit/mod.ts";
import { standingId } from "../clients/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso, isoOrNull, SECOND } from "../kernel/clock.ts";
import { AppError, type FieldError, notFound } from "../kernel/errors.ts";
import { given } from "../kernel/given.ts";
import { newId } from "../kernel/ids.ts";
import { decodeCursor, type Page, type PageRequest, timeKey, toPage } from "../kernel/page.ts";
import { normalPhone, phoneForms } from "../kernel/phone.ts";
import { linkTicket } from "../tickets/mod.ts";
import { noteAnswered } from "./call-back.ts";
import { awaitMissed } from "./missed.ts";
import { partiesOf, requireHappened, requireNamed } from "./parties.ts";
import { stateOf } from "./policy.ts";
import { type CallView, callView } from "./present.ts";
import {
  type CallChange,
  callChange,
  callQuery,
  type LoggedCall,
  type NewCall,
  newCall,
  timeProblems,
} from "./schemas.ts";
import {
  type CallRow,
  insertCall,
  selectCall,
  selectCallByExternalId,
  selectCalls,
  selectCallSettings,
  updateCall,
} from "./store.ts";

/** Writes a call into the log; one with an external id that is known changes that call. Throws 422 for unknown ids. */
export async function logCall(ctx: Ctx, input: NewCall): Promise<CallView> {
  requireScope(ctx, "calls:write");
  const call = newCall.parse(input);
  return await ctx.transact(async (tx) => {
    const { started_at, answered_at, ended_at } = call;
    requireHappened(tx, { started_at, answered_at, ended_at });
    const { row: written, known } = await writeCall(tx, { call, source: "api" });
    const row = await noteAnswered(tx, written);
    const type = known ? "call.changed" : "call.logged";
    await emit(tx, { type, subjectId: row.id, data: { call: callView(row) } });
    await audit(tx, { action: "call.log", subjectId: row.id, detail: { direction: row.direction } });
    await awaitMissed(tx, row);
    if (written.ticketId !== null) await linkCall(tx, row.id, written.ticketId);
    return callView(row);
  });
}

async function linkCall(tx: Tx, callId: string, ticketId: string): Promise<void> {
  await linkTicket(tx, { ticketId, kind: "call", targetId: callId, relation: "related" });
}

/** The row alone, for who writes many and tells of them once. Of a call that is known, what is left out stays. */
export async function writeCall(
  tx: Tx,
  { call, source }: { call: LoggedCall; source: CallRow["source"] },
): Promise<{ row: CallRow; known: boolean }> {
  await requireNamed(tx, call);
  const settings = await selectCallSettings(tx);
  const before = call.external_id === null ? null : await selectCallByExternalId(tx, call.external_id);
  const parties = await partiesOf(tx, {
    phone: call.phone ?? before?.phone ?? null,
    country: settings?.country ?? null,
    contactId: call.contact_id ?? before?.contactId ?? null,
    clientId: call.client_id ?? before?.clientId ?? null,
  });
  const { direction } = call;
  const kept = timesOf(call, before);
  const { startedAt, answeredAt, endedAt } = problemsOf(kept).length === 0 ? kept : timesOf(call, null);
  const now = tx.now();
  const fields = {
    ...parties,
    direction,
    state: stateOf({ direction, answeredAt, endedAt }),
    line: call.line === null ? before?.line ?? null : normalPhone(call.line) ?? call.line,
    operatorId: call.operator_id ?? before?.operatorId ?? null,
    ticketId: call.ticket_id ?? before?.ticketId ?? null,
    startedAt,
    answeredAt,
    endedAt,
    outcome: call.outcome ?? before?.outcome ?? null,
    notes: call.notes ?? before?.notes ?? null,
    recordingUrl: call.recording_url ?? before?.recordingUrl ?? null,
    updatedAt: now,
  };
  if (before !== null) {
    const row = { ...before, ...fields };
    await updateCall(tx, before.id, fields);
    return { row, known: true };
  }
  const row = {
    id: newId("call"),
    externalId: call.external_id,
    source,
    missedToldAt: null,
    missedTicketId: null,
    createdAt: now,
    ...fields,
  };
  await insertCall(tx, row);
  return { row: { ...row, workspaceId: tx.workspaceId }, known: false };
}

const instant = (time: string | null) => time === null ? null : Date.parse(time);

interface CallTimes {
  readonly startedAt: number;
  readonly answeredAt: number | null;
  readonly endedAt: number | null;
}

/** What is left out stays. Who says for how long people talked says with it whether somebody answered. */
function timesOf(
  { started_at, answered_at, ended_at, duration_s }: Pick<
    LoggedCall,
    "started_at" | "answered_at" | "ended_at" | "duration_s"
  >,
  before: Omit<CallTimes, "startedAt"> | null,
): CallTimes {
  const startedAt = Date.parse(started_at);
  const standing = duration_s === 0 ? null : before?.answeredAt ?? null;
  const answeredAt = instant(answered_at) ?? standing ?? (duration_s ? startedAt : null);
  const talked = duration_s === undefined ? null : (answeredAt ?? startedAt) + duration_s * SECOND;
  return { startedAt, answeredAt, endedAt: instant(ended_at) ?? talked ?? before?.endedAt ?? null };
}

function problemsOf({ startedAt, answeredAt, endedAt }: CallTimes): FieldError[] {
  return timeProblems({
    started_at: iso(startedAt),
    answered_at: isoOrNull(answeredAt),
    ended_at: isoOrNull(endedAt),
  });
}

/** What people add to a call afterwards: when it was answered and ended, who, what about, what came of it. */
export async function changeCall(ctx: Ctx, { id, ...input }: CallChange & { id: string }): Promise<CallView> {
  requireScope(ctx, "calls:write");
  const change = callChange.parse(input);
  return await ctx.transact(async (tx) => {
    const before = await loadCall(tx, id);
    await requireNamed(tx, change);
    const { operator_id, client_id, contact_id, ticket_id, recording_url, outcome, notes } = change;
    const times = timesAfter(tx, { before, change });
    const fields = given({
      outcome,
      notes,
      operatorId: operator_id,
      clientId: client_id,
      contactId: contact_id,
      ticketId: ticket_id,
      recordingUrl: recording_url,
      answeredAt: times.answeredAt,
      endedAt: times.endedAt,
      state: stateOf({ direction: before.direction, ...times }),
      updatedAt: tx.now(),
    });
    await updateCall(tx, id, fields);
    const row = await noteAnswered(tx, { ...before, ...fields });
    if (typeof ticket_id === "string" && ticket_id !== before.ticketId) await linkCall(tx, id, ticket_id);
    await emit(tx, { type: "call.changed", subjectId: id, data: { call: callView(row) } });
    await audit(tx, { action: "call.change", subjectId: id, detail: { fields: Object.keys(change) } });
    await awaitMissed(tx, row);
    return callView(row);
  });
}

/** Throws 422 for times that do not agree with those that stand. */
function timesAfter(
  tx: Tx,
  { before, change }: { before: CallRow; change: output<typeof callChange> },
): CallTimes {
  const { answered_at, ended_at, duration_s } = change;
  requireHappened(tx, { answered_at, ended_at });
  const after = timesOf(
    {
      started_at: iso(before.startedAt),
      answered_at: answered_at ?? null,
      ended_at: ended_at ?? null,
      duration_s,
    },
    {
      answeredAt: answered_at === null ? null : before.answeredAt,
      endedAt: ended_at === null ? null : before.endedAt,
    },
  );
  const errors = problemsOf(after);
  const [first] = errors;
  if (first === undefined) return after;
  throw new AppError("validation_failed", `${first.path}: ${first.message}`, { errors });
}

export async function getCall(ctx: Ctx, { id }: { id: string }): Promise<CallView> {
  requireScope(ctx, "calls:read");
  return callView(await loadCall(ctx, id));
}

export type CallQuery = PageRequest & output<typeof callQuery>;

/** The latest first. */
export async function listCalls(ctx: Ctx, { limit, cursor, ...filter }: CallQuery): Promise<Page<CallView>> {
  requireScope(ctx, "calls:read");
  const [time, id] = cursor === undefined ? [] : decodeCursor(cursor, 2);
  const rows = await selectCalls(ctx, {
    limit: limit + 1,
    before: cursor === undefined ? null : [timeKey(time), String(id)],
    direction: filter.direction,
    state: filter.state,
    operatorId: filter.operator_id,
    clientId: await standingId(ctx, filter.client_id),
    contactId: filter.contact_id,
    ticketId: filter.ticket_id,
    phones: filter.phone === undefined ? undefined : phoneForms(filter.phone),
    from: filter.from === undefined ? undefined : Date.parse(filter.from),
    to: filter.to === undefined ? undefined : Date.parse(filter.to),
  });
  return toPage(rows, { limit, keysOf: (row) => [row.startedAt, row.id], toDto: callView });
}

async function loadCall(at: Ctx, id: string): Promise<CallRow> {
  const call = await selectCall(at, id);
  if (call === null) throw notFound("call", id);
  return call;
}
