import { type ClientRow, contractState } from "../clients/mod.ts";
import type { Tx } from "../context.ts";
import { AppError } from "../kernel/errors.ts";
import {
  changePolicy,
  changePriority,
  pauseClocks,
  policyOf,
  reopenClocks,
  restartNextResponse,
  resumeClocks,
  satisfyClock,
  stopClocks,
  touchClocks,
} from "../sla/mod.ts";
import { isDone, isWaiting } from "./policy.ts";
import type { TicketRow } from "./store.ts";

interface Moved {
  readonly before: TicketRow;
  readonly after: TicketRow;
}

/** What a change of a ticket does to its promises. Resolves to what of the ticket follows from them. */
export async function movePromises(tx: Tx, moved: Moved): Promise<Partial<TicketRow>> {
  const { before, after } = moved;
  const { id: ticketId, priority } = after;
  let fields: Partial<TicketRow> = {};
  if (before.slaPolicyId !== after.slaPolicyId) {
    fields = await movePolicy(tx, moved);
  } else if (before.priority !== priority) {
    fields = { dueAt: await changePriority(tx, { ticketId, priority }) };
  }
  if (before.assigneeId !== after.assigneeId && after.slaPolicyId !== null) {
    await touchClocks(tx, { ticketId });
  }
  if (before.state === after.state) return fields;
  return { ...fields, dueAt: await moveState(tx, { before, after: { ...after, ...fields } }) };
}

/** What is done owes nothing until it is opened again, and what waits counts no time. */
async function movePolicy(tx: Tx, { before, after }: Moved): Promise<Partial<TicketRow>> {
  if (isDone(before.state)) {
    return { slaPolicyId: (await policyOf(tx, after.slaPolicyId))?.id ?? null, dueAt: null };
  }
  const { policyId, dueAt } = await changePolicy(tx, promiseOf(after));
  const waits = isWaiting(after.state);
  return { slaPolicyId: policyId, dueAt: waits ? await pauseClocks(tx, { ticketId: after.id }) : dueAt };
}

function promiseOf({ id: ticketId, priority, slaPolicyId: policyId, firstResponseAt }: TicketRow) {
  return { ticketId, priority, policyId, answered: firstResponseAt !== null };
}

async function moveState(tx: Tx, { before, after }: Moved): Promise<number | null> {
  const ticketId = after.id;
  if (isDone(after.state)) {
    if (after.state === "resolved") await satisfyClock(tx, { ticketId, clock: "resolution" });
    return await stopClocks(tx, { ticketId });
  }
  const dueAt = isDone(before.state)
    ? await reopenClocks(tx, promiseOf(after))
    : await resumeClocks(tx, { ticketId });
  return isWaiting(after.state) ? await pauseClocks(tx, { ticketId }) : dueAt;
}

/** A person answered: what was promised as a response is kept. Resolves to what is due next. */
export async function keepResponse(tx: Tx, { id: ticketId }: TicketRow): Promise<number | null> {
  await satisfyClock(tx, { ticketId, clock: "first_response" });
  return await satisfyClock(tx, { ticketId, clock: "next_response" });
}

/** The customer wrote and waits for an answer. Resolves to what is due next. */
export async function oweResponse(tx: Tx, { id: ticketId, slaPolicyId }: TicketRow): Promise<number | null> {
  return slaPolicyId === null ? null : await restartNextResponse(tx, { ticketId });
}

/** The policy of a client while its contract is current; null: the workspace's default one. */
export async function policyOfClient(tx: Tx, client: ClientRow | null): Promise<string | null> {
  if (client === null || client.slaPolicyId === null) return null;
  return await contractState(tx, client) === "current" ? await standingPolicy(tx, client.slaPolicyId) : null;
}

/** The same while it is there; null: it was removed, or none was named. */
export async function standingPolicy(tx: Tx, policyId: string | null): Promise<string | null> {
  if (policyId === null) return null;
  try {
    return (await policyOf(tx, policyId))?.id ?? null;
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "validation_failed") return null;
    throw thrown;
  }
}
