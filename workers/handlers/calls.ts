import { callMissed, tellMissed } from "../../lib/calls/mod.ts";
import { clientsMerged, followMerge } from "../../lib/clients/mod.ts";
import { handler, type JobHandler } from "../../lib/jobs/mod.ts";

/** What follows a call that nobody answered, and two clients who are one. A second run changes nothing. */
export const callHandlers: readonly JobHandler[] = [
  handler(callMissed, tellMissed),
  handler(clientsMerged, followMerge),
];
