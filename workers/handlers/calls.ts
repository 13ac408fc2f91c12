import { callMissed, moveCallsOfClient, tellMissed } from "../../lib/calls/mod.ts";
import { clientsMerged } from "../../lib/clients/mod.ts";
import { handler, type JobHandler } from "../../lib/jobs/mod.ts";
import { moveVisitsOfClient } from "../../lib/visits/mod.ts";
import { moveTicketsOfClient } from "../../lib/tickets/mod.ts";

/** What follows a call that nobody answered, and two clients who are one. A second run changes nothing. */
export const callHandlers: readonly JobHandler[] = [
  handler(callMissed, tellMissed),
  handler(clientsMerged, async (ctx, merged) => {
    await ctx.transact(async (tx) => {
      await moveCallsOfClient(tx, merged);
      await moveTicketsOfClient(tx, merged);
      await moveVisitsOfClient(tx, merged);
    });
  }),
];
