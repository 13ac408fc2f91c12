import { handler, type JobHandler } from "../../lib/jobs/mod.ts";
import {
  armRule,
  hastenTimers,
  rulesArm,
  rulesHours,
  rulesRun,
  rulesSubjectTimer,
  rulesSweep,
  rulesTimer,
  runRules,
  runSubjectTimer,
  runTimer,
  sweepRuns,
} from "../../lib/rules/mod.ts";

/** What rules do. May run twice: a rule acts once on each event and each time. */
export const rulesHandlers: readonly JobHandler[] = [
  handler(rulesRun, runRules),
  handler(rulesTimer, runTimer),
  handler(rulesSubjectTimer, runSubjectTimer),
  handler(rulesArm, armRule),
  handler(rulesHours, hastenTimers),
  handler(rulesSweep, async (ctx) => void await sweepRuns(ctx)),
];
