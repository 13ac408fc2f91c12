import { callMissed, tellMissed } from "../../lib/calls/mod.ts";
import {
  awaitEndsAnew,
  clientsContractDays,
  clientsContractEnds,
  clientsMerged,
  followMerge,
  warnOfEnd,
} from "../../lib/clients/mod.ts";
import { handler, type JobHandler } from "../../lib/jobs/mod.ts";

/** What follows a call that nobody answered, two clients who are one, and a contract. A second run changes nothing. */
export const callHandlers: readonly JobHandler[] = [
  handler(callMissed, tellMissed),
  handler(clientsMerged, followMerge),
  handler(clientsContractEnds, warnOfEnd),
  handler(clientsContractDays, awaitEndsAnew),
];
