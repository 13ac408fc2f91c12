import { AppError } from "../kernel/errors.ts";
import { TICKET_STATES, type TicketState } from "./store.ts";

/** From each state the ones that may follow. What is closed stays closed: the matter goes on in a new ticket. */
export const TRANSITIONS = {
  new: ["open", "pending_customer", "pending_internal", "scheduled", "resolved", "closed"],
  open: ["pending_customer", "pending_internal", "scheduled", "resolved"],
  pending_customer: ["open", "pending_internal", "scheduled", "resolved"],
  pending_internal: ["open", "pending_customer", "scheduled", "resolved"],
  scheduled: ["open", "pending_customer", "pending_internal", "resolved"],
  resolved: ["open", "closed"],
  closed: [],
} as const satisfies Record<TicketState, readonly TicketState[]>;

/** Nothing is left to do. */
export const DONE_STATES: readonly TicketState[] = ["resolved", "closed"];
/** Somebody has to do something about it, or will. */
export const LIVE_STATES: readonly TicketState[] = TICKET_STATES.filter((state) => !isDone(state));

/** The operator has to do something now: it takes a place of the capacity. Waiting for others takes none. */
export const WORKING_STATES: readonly TicketState[] = ["new", "open", "pending_internal"];

export function isWorking(state: TicketState): boolean {
  return WORKING_STATES.includes(state);
}

/** It is somebody else's turn, so no time of ours goes by. */
const WAITING_STATES: readonly TicketState[] = ["pending_customer", "scheduled"];

export function isWaiting(state: TicketState): boolean {
  return WAITING_STATES.includes(state);
}

export function isDone(state: TicketState): boolean {
  return DONE_STATES.includes(state);
}

/** For what changes a ticket without being asked by name: it leaves out what is not legal. */
export function mayBecome(from: TicketState, to: TicketState): boolean {
  const allowed: readonly TicketState[] = TRANSITIONS[from];
  return allowed.includes(to);
}

/** Throws 409 with the legal states. */
export function requireTransition(from: TicketState, to: TicketState): void {
  if (mayBecome(from, to)) return;
  const allowed: readonly TicketState[] = TRANSITIONS[from];
  const legal = allowed.length === 0 ? "nothing follows it" : `it may become ${allowed.join(", ")}`;
  throw new AppError("conflict", `The ticket is ${from} and can't become ${to}: ${legal}`, {
    extra: { state: from, allowed },
  });
}

/** Throws 409 for a ticket on which nothing is left to do. */
export function requireLive(state: TicketState): void {
  if (!isDone(state)) return;
  throw new AppError("conflict", `The ticket is ${state}: open it again first`, {
    extra: { state, allowed: TRANSITIONS[state] },
  });
}
