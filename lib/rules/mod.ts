export { type DryRun, dryRun } from "./dry-run.ts";
export { rulesArm, rulesRun, rulesSweep, rulesTimer } from "./jobs.ts";
export { catalogue, toRuleDto, toRunDto } from "./present.ts";
export { createRule, deleteRule, getRule, listRules, listRuns, orderRules, updateRule } from "./rules.ts";
export { armRule, rulesConsumer, runRules, runTimer } from "./run.ts";
export { rulesSchedules } from "./schedules.ts";
export * from "./schemas.ts";
export { sweepRuns } from "./sweep.ts";
export { rulesTools } from "./tools.ts";
