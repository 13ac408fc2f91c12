import { handler, type JobHandler } from "../../lib/jobs/mod.ts";
import { remindOfVisit, tellOfVisit, visitRemind, visitTell } from "../../lib/visits/mod.ts";

/** What people hear of visits. Notifications have keys, so a second run tells nobody again. */
export const visitHandlers: readonly JobHandler[] = [
  handler(visitRemind, remindOfVisit),
  handler(visitTell, tellOfVisit),
];
