export { watsonCaller } from "./caller.ts";
export { converse, type Turn, type Utterance } from "./converse.ts";
export {
  addExample,
  latestActivities,
  listActivities,
  listExamples,
  listSessions,
  removeExample,
  testConnection,
  watsonStatus,
} from "./desk.ts";
export { followUp, sweepSessions } from "./follow-up.ts";
export { answerWatson } from "./forms.ts";
export { watsonFollowUp, watsonSweep } from "./jobs.ts";
export { watsonSchedules } from "./schedules.ts";
export * from "./schemas.ts";
export { callTool } from "./tool-call.ts";
