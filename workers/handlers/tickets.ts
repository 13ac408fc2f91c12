import { handler, type JobHandler } from "../../lib/jobs/mod.ts";
import { retainTickets } from "../../lib/privacy/mod.ts";
import { operatorsDrain } from "../../lib/operators/mod.ts";
import {
  closeAllResolved,
  closeResolved,
  drainBacklog,
  getDesk,
  refreshWords,
  sendSurvey,
  sweepTicketRetention,
  ticketsClose,
  ticketsCloseAll,
  ticketsDrain,
  ticketsIndex,
  ticketsRetention,
  ticketsRetentionSweep,
  ticketsSurvey,
  ticketsWake,
  wakeTicket,
} from "../../lib/tickets/mod.ts";

/** What follows from tickets later: each looks at how things stand, so it may run twice. */
export const ticketHandlers: readonly JobHandler[] = [
  handler(ticketsWake, wakeTicket),
  handler(ticketsClose, closeResolved),
  handler(ticketsCloseAll, closeAllResolved),
  handler(ticketsIndex, refreshWords),
  handler(ticketsSurvey, sendSurvey),
  handler(operatorsDrain, async (ctx) => void await drainBacklog(ctx)),
  handler(ticketsDrain, async (ctx) => void await drainBacklog(ctx)),
  handler(ticketsRetentionSweep, (ctx) => sweepTicketRetention(ctx)),
  handler(ticketsRetention, async (ctx) => {
    const { retention_days: days } = await getDesk(ctx);
    const deleted = await retainTickets(ctx, { days });
    ctx.ports.log.log("info", "Old tickets were deleted", { deleted });
  }),
];
