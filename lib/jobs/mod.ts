export { enqueue, type EnqueueOptions } from "./enqueue.ts";
export { type ClaimedJob, JOB_STATE, type JobRow, type JobState } from "./store.ts";
