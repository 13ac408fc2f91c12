import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { enqueue } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { findOperator } from "../operators/mod.ts";
import { type BusyTimes, readBusy } from "./busy.ts";
import { tellOwner } from "./notice.ts";
import { calendarLook } from "./jobs.ts";
import type { Said } from "../words/mod.ts";
import {
  type ConnectionRow,
  deleteConnection,
  selectConnection,
  selectDueConnections,
  updateConnection,
  writeBusy,
} from "./store.ts";

const LOOK = {
  everyMs: 15 * MINUTE,
  mostMs: 4 * HOUR,
  timeoutMs: 30 * SECOND,
  maxBytes: 5 * 1024 * 1024,
} as const;
/** How far busy times are worked out, and after how long anew though the calendar is as before. */
const REACH = { backMs: DAY, aheadMs: 97 * DAY, renewMs: 12 * HOUR } as const;
const DUE_A_SWEEP = 1000;

/** Has every calendar looked at whose time has come, in all workspaces. */
export async function sweepCalendars(ctx: Ctx): Promise<void> {
  requireScope(ctx, "platform:write");
  for (const { id, workspaceId } of await selectDueConnections(ctx, DUE_A_SWEEP)) {
    ctx.signal?.throwIfAborted();
    await ctx.as({ workspaceId }).transact(async (tx) => {
      await updateConnection(tx, id, { nextLookAt: tx.now() + LOOK.everyMs });
      await enqueue(tx, calendarLook, { calendarId: id });
    });
  }
}

/** What a look gave: other times, the same as before, or nothing that could be used. */
type Outcome =
  | {
    readonly kind: "read";
    readonly times: BusyTimes;
    readonly etag: string | null;
    readonly modified: string | null;
  }
  | { readonly kind: "same" }
  | { readonly kind: "failed"; readonly error: Said };

/**
 * Reads a calendar and keeps when it says its operator is busy. One that can't be read keeps what it said last, and
 * says so. May run twice: the second look writes the same.
 */
export async function lookAtCalendar(ctx: Ctx, { calendarId }: { calendarId: string }): Promise<void> {
  requireScope(ctx, "visits:write");
  const row = await selectConnection(ctx, calendarId);
  if (row === null) return;
  const operator = await findOperator(ctx, row.operatorId);
  const outcome = operator === null ? null : await look(ctx, { row, zone: operator.timezone });
  await ctx.transact(async (tx) => {
    const now = await selectConnection(tx, calendarId);
    if (now === null) return;
    if (outcome === null) return await deleteConnection(tx, calendarId);
    await keep(tx, { row: now, outcome });
  });
}

async function look(ctx: Ctx, { row, zone }: { row: ConnectionRow; zone: string }): Promise<Outcome> {
  const now = ctx.now();
  const fresh = row.workedOutAt !== null && now - row.workedOutAt < REACH.renewMs;
  try {
    const url = await ctx.ports.secrets.open(row.url, row.id);
    const { status, headers, body } = await ctx.ports.fetch(url, {
      headers: {
        accept: "text/calendar, */*;q=0.1",
        ...(fresh && row.etag !== null ? { "if-none-match": row.etag } : {}),
        ...(fresh && row.lastModified !== null ? { "if-modified-since": row.lastModified } : {}),
      },
      timeoutMs: LOOK.timeoutMs,
      maxBytes: LOOK.maxBytes,
      ...(ctx.signal ? { signal: ctx.signal } : {}),
    });
    if (status === 304 && fresh) return { kind: "same" };
    if (status !== 200) return { kind: "failed", error: answered(status) };
    const within = { start: now - REACH.backMs, end: now + REACH.aheadMs };
    const times = await readBusy(new TextDecoder().decode(body), { ...within, zone });
    if (times === null) return { kind: "failed", error: NO_CALENDAR };
    return {
      kind: "read",
      times,
      etag: short(headers.get("etag")),
      modified: short(headers.get("last-modified")),
    };
  } catch (thrown) {
    ctx.signal?.throwIfAborted();
    if (thrown instanceof AppError && thrown.code !== "internal") {
      return { kind: "failed", error: { es: UNREACHED, en: thrown.message } };
    }
    throw thrown;
  }
}

const answered = (status: number): Said => ({
  es: `la dirección respondió ${status}`,
  en: `The address answered ${status}`,
});
const NO_CALENDAR: Said = {
  es: "lo que responde la dirección no es un calendario, o llegó incompleto",
  en: "What the address answers is no calendar, or broke off",
};
const UNREACHED = "no se pudo obtener lo que hay en la dirección";

/** A header to send back; one that nobody would write is not worth keeping. */
const short = (value: string | null) => value !== null && value.length <= 500 ? value : null;

async function keep(tx: Tx, { row, outcome }: { row: ConnectionRow; outcome: Outcome }): Promise<void> {
  const lookedAt = tx.now();
  const { id, operatorId, failures, error: before } = row;
  if (outcome.kind === "failed") {
    const wait = Math.min(LOOK.everyMs * 2 ** Math.min(failures, 10), LOOK.mostMs);
    const nextLookAt = lookedAt + wait;
    const failed = { ...row, lookedAt, nextLookAt, failures: failures + 1, error: outcome.error.en };
    const toldAt = row.toldAt ?? await tellOwner(tx, failed, outcome.error);
    await updateConnection(tx, id, {
      lookedAt,
      nextLookAt,
      toldAt,
      failures: failed.failures,
      error: failed.error,
    });
    if (before === null) await tell(tx, row, { type: "calendar.failing", error: failed.error });
    return;
  }
  const nextLookAt = lookedAt + LOOK.everyMs;
  const well = { lookedAt, readAt: lookedAt, nextLookAt, failures: 0, error: null, toldAt: null };
  if (outcome.kind === "same") await updateConnection(tx, id, well);
  else {
    const { times: { busy, events, skipped }, etag, modified: lastModified } = outcome;
    await writeBusy(tx, { id, operatorId }, busy);
    await updateConnection(tx, id, { ...well, workedOutAt: lookedAt, etag, lastModified, events, skipped });
  }
  if (before !== null) await tell(tx, row, { type: "calendar.recovered", error: null });
}

async function tell(
  tx: Tx,
  { id, operatorId, host }: ConnectionRow,
  { type, error }: { type: string; error: string | null },
): Promise<void> {
  const data = { operator_id: operatorId, calendar_id: id, host, error };
  await emit(tx, { type, subjectId: operatorId, data });
}
