import { pause, resume } from "../business-time/mod.ts";
import type { Tx } from "../context.ts";
import { nextDue } from "./policy.ts";
import type { ClockKind, SlaPriority } from "./schemas.ts";
import { type ClockRow, selectLastClock, selectOpenClocks, updateClock } from "./store-clocks.ts";
import { selectPolicy } from "./store-policies.ts";
import { baseOf, changeEach, ended, openClocks, policyOf, retarget, tell } from "./turn.ts";

/** What is promised about a ticket. */
export interface SlaState {
  /** The policy that holds; null: none, so nothing is promised. */
  readonly policyId: string | null;
  /** The next promise that falls due, or the first that was broken and is still to be kept (UTC milliseconds). */
  readonly dueAt: number | null;
}

const NOTHING: SlaState = { policyId: null, dueAt: null };

interface OfTicket {
  readonly ticketId: string;
}

interface Start {
  readonly ticketId: string;
  readonly priority: SlaPriority;
  /** null: the workspace's default policy, if it has one. */
  readonly policyId: string | null;
}

interface Change extends Start {
  /** The first response was given. */
  readonly answered: boolean;
}

/** What is promised of a ticket. */
function owed(answered: boolean): readonly ClockKind[] {
  return answered ? ["resolution"] : ["first_response", "resolution"];
}

/** Begins what the policy promises of a new ticket. Throws 422 for a policy that does not exist. */
export async function startClocks(tx: Tx, { ticketId, priority, policyId }: Start): Promise<SlaState> {
  const policy = await policyOf(tx, policyId);
  if (policy === null) return NOTHING;
  const base = await baseOf(tx, policy);
  const rows = await openClocks(tx, owed(false), { ticketId, priority, policy, base });
  return { policyId: policy.id, dueAt: nextDue(rows) };
}

/** The ticket waits for somebody else: no time goes by until `resumeClocks`. Resolves to when it is due next. */
export async function pauseClocks(tx: Tx, { ticketId }: OfTicket): Promise<number | null> {
  return await changeEach(tx, ticketId, (row, calendar) => {
    const { elapsed, since } = pause(calendar, { elapsed: row.elapsedMs, since: row.since }, tx.now());
    return { ...row, elapsedMs: elapsed, since, state: row.state === "running" ? "paused" : row.state };
  });
}

export async function resumeClocks(tx: Tx, { ticketId }: OfTicket): Promise<number | null> {
  return await changeEach(tx, ticketId, (row) => {
    const { since } = resume({ elapsed: row.elapsedMs, since: row.since }, tx.now());
    return { ...row, since, state: row.state === "paused" ? "running" : row.state };
  });
}

/** The promise is kept now: in time, or late when it was broken before. Without such a clock nothing happens. */
export async function satisfyClock(
  tx: Tx,
  { ticketId, clock }: OfTicket & { readonly clock: ClockKind },
): Promise<number | null> {
  return await changeEach(
    tx,
    ticketId,
    (row, calendar) => row.kind === clock ? ended(row, { calendar, now: tx.now(), as: "met" }) : row,
  );
}

/** Nothing is promised any more: what was neither met nor broken counts as neither. */
export async function stopClocks(tx: Tx, { ticketId }: OfTicket): Promise<number | null> {
  return await changeEach(
    tx,
    ticketId,
    (row, calendar) => ended(row, { calendar, now: tx.now(), as: "stopped" }),
  );
}

/**
 * The customer wrote: from the first word that is not answered yet, an answer is promised. While the first response
 * is owed, that is the promise.
 */
export async function restartNextResponse(tx: Tx, { ticketId }: OfTicket): Promise<number | null> {
  const open = await selectOpenClocks(tx, ticketId);
  const owed = open.some(({ kind }) => kind !== "resolution");
  const last = await selectLastClock(tx, { ticketId, kind: "resolution" });
  const policy = owed || last === undefined ? undefined : await selectPolicy(tx, last.policyId);
  if (policy === undefined || last === undefined) return nextDue(open);
  const base = await baseOf(tx, policy);
  const promise = { ticketId, priority: last.priority, policy, base };
  return nextDue([...open, ...await openClocks(tx, ["next_response"], promise)]);
}

/**
 * The resolution turned out to be none: its clock goes on from where it was met, under the priority and the policy that
 * the ticket has by now. Where there was none, what that policy promises begins now.
 */
export async function reopenClocks(
  tx: Tx,
  { ticketId, priority, policyId, answered }: Change,
): Promise<number | null> {
  if (policyId === null) return nextDue(await selectOpenClocks(tx, ticketId));
  const policy = await selectPolicy(tx, policyId);
  const last = await selectLastClock(tx, { ticketId, kind: "resolution" });
  if (last === undefined) {
    if (policy === undefined) return null;
    const base = await baseOf(tx, policy);
    return nextDue(await openClocks(tx, owed(answered), { ticketId, priority, policy, base }));
  }
  if (last.endedAt !== null) {
    const state = last.breachedAt === null ? "paused" : "breached";
    const reopened: ClockRow = { ...last, state, endedAt: null };
    await updateClock(tx, reopened);
    await tell(tx, last, reopened);
  }
  const dueAt = await resumeClocks(tx, { ticketId });
  const same = policy === undefined || (last.policyId === policyId && last.priority === priority);
  return same ? dueAt : await retarget(tx, { ticketId, priority, policy });
}

/** Promises what the ticket's policy says of another priority. Time that went by counts. */
export async function changePriority(
  tx: Tx,
  { ticketId, priority }: OfTicket & { readonly priority: SlaPriority },
): Promise<number | null> {
  const open = await selectOpenClocks(tx, ticketId);
  const policy = open[0] === undefined ? undefined : await selectPolicy(tx, open[0].policyId);
  return policy === undefined ? nextDue(open) : await retarget(tx, { ticketId, priority, policy });
}

/**
 * Promises what another policy says; null: the default one. Time that went by counts; what nobody promised so far
 * begins now. Throws 422.
 */
export async function changePolicy(
  tx: Tx,
  { ticketId, priority, policyId, answered }: Change,
): Promise<SlaState> {
  const policy = await policyOf(tx, policyId);
  if (policy === null) {
    await stopClocks(tx, { ticketId });
    return NOTHING;
  }
  const open = await selectOpenClocks(tx, ticketId);
  if (open.length > 0) {
    return { policyId: policy.id, dueAt: await retarget(tx, { ticketId, priority, policy }) };
  }
  const base = await baseOf(tx, policy);
  const rows = await openClocks(tx, owed(answered), { ticketId, priority, policy, base });
  return { policyId: policy.id, dueAt: nextDue(rows) };
}
