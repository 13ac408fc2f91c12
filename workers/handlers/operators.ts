import { handler, type JobHandler } from "../../lib/jobs/mod.ts";
import { beginShift, lapsePresence, presenceLapse, shiftBegins } from "../../lib/operators/mod.ts";

/** Timers of operators: presences that end, shifts that begin. A second run finds nothing to do. */
export const operatorHandlers: readonly JobHandler[] = [
  handler(presenceLapse, lapsePresence),
  handler(shiftBegins, beginShift),
];
