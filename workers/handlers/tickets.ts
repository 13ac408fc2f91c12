import { handler, type JobHandler } from "../../lib/jobs/mod.ts";
import { refreshWords, ticketsIndex, ticketsWake, wakeTicket } from "../../lib/tickets/mod.ts";

/** What follows from tickets later: each looks at how things stand, so it may run twice. */
export const ticketHandlers: readonly JobHandler[] = [
  handler(ticketsWake, wakeTicket),
  handler(ticketsIndex, refreshWords),
];
