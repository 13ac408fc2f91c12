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
import { isDone } from "./policy.ts";
import type { TicketRow, TicketState } from "./store.ts";

/** It is somebody else's turn, so no time of ours goes by. */
const WAITING: ReadonlySet<TicketState> = new Set(["pending_customer", "scheduled"]);

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
    const { policyId, dueAt } = await changePolicy(tx, { ticketId, priority, policyId: after.slaPolicyId });
    fields = { slaPolicyId: policyId, dueAt };
  } else if (before.priority !== priority) {
    fields = { dueAt: await changePriority(tx, { ticketId, priority }) };
  }
  if (before.assigneeId !== after.assigneeId && after.slaPolicyId !== null) {
    await touchClocks(tx, { ticketId });
  }
  return before.state === after.state ? fields : { ...fields, dueAt: await moveState(tx, moved) };
}

async function moveState(tx: Tx, { before, after }: Moved): Promise<number | null> {
  const ticketId = after.id;
  if (isDone(after.state)) {
    if (after.state === "resolved") await satisfyClock(tx, { ticketId, clock: "resolution" });
    return await stopClocks(tx, { ticketId });
  }
  const back = isDone(before.state) ? reopenClocks : resumeClocks;
  const dueAt = await back(tx, { ticketId });
  return WAITING.has(after.state) ? await pauseClocks(tx, { ticketId }) : dueAt;
}

/** A person answered: what was promised as a response is kept. Resolves to what is due next. */
export async function keepResponse(tx: Tx, { id: ticketId }: TicketRow): Promise<number | null> {
  await satisfyClock(tx, { ticketId, clock: "first_response" });
  return await satisfyClock(tx, { ticketId, clock: "next_response" });
}

/** The customer wrote and waits for an answer. Resolves to what is due next. */
export async function oweResponse(tx: Tx, { id: ticketId }: TicketRow): Promise<number | null> {
  return await restartNextResponse(tx, { ticketId });
}

/** The policy that a client's contract names, while it is there; null: the workspace's default one. */
export async function policyOfClient(tx: Tx, policyId: string | null | undefined): Promise<string | null> {
  if (policyId === null || policyId === undefined) return null;
  try {
    return (await policyOf(tx, policyId))?.id ?? null;
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "validation_failed") return null;
    throw thrown;
  }
}
