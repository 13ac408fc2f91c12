export {
  cancelJob,
  getJob,
  type JobQuery,
  type JobStateName,
  type JobStats,
  jobStats,
  listDead,
  listJobs,
  retryDead,
  stateName,
} from "./desk.ts";
export {
  type ControlChange,
  controlLane,
  type LaneControl,
  laneControls,
  OPEN_LANE,
  recentControls,
} from "./controls.ts";
export {
  acknowledge,
  acknowledgeAll,
  assertHeld,
  claim,
  claimOne,
  type ClaimRequest,
  claimRound,
  type EndedRun,
  giveBack,
  heartbeat,
  oldestReady,
  settle,
  sweep,
  takeOver,
} from "./engine.ts";
export { cronProblem, type CronTimes, nextOf } from "./cron.ts";
export { enqueue, enqueueLate, type EnqueueOptions } from "./enqueue.ts";
export { enqueueMany, type ManyItem } from "./enqueue-many.ts";
export { hasten, type Hastening } from "./hasten.ts";
export { Deadlines } from "./deadlines.ts";
export { conclude, execute, type RunResult } from "./execute.ts";
export { createRegistry, handler, type JobCtx, type JobHandler, type JobRegistry } from "./handler.ts";
export { type CalledBack, type PushSweep, runCalled, sweepForCallbacks } from "./called.ts";
export { NEW_JOB, type NewJob } from "./insert-store.ts";
export { LeaseLost, type Outcome, outcomeOf, Shutdown } from "./outcome.ts";
export { wakeParents } from "./parents.ts";
export { pruneJobs, type PruneRule } from "./prune.ts";
export { reportRun, type RunReport } from "./report.ts";
export { JobResult } from "./result.ts";
export { JobRun } from "./run.ts";
export { HEARTBEAT_MS, LEASE_MS, MAX_LOST_LEASES, rankOf, SWEEP_MS } from "./policy.ts";
export { type ScheduleRow } from "./schedule-store.ts";
export {
  defineSchedule,
  listSchedules,
  nextTick,
  type Schedule,
  syncSchedules,
  tickSchedules,
} from "./schedules.ts";
export { type ClaimedJob, JOB_STATE, type JobRow, type JobState, type Run } from "./store.ts";
export { type Rooms } from "./turn-store.ts";
export { type Due, whatIsDue } from "./sweep-store.ts";
export { type WorkerRow } from "./worker-store.ts";
export {
  BEAT_MS,
  beatWorker,
  listWorkers,
  removeWorker,
  SILENT_MS,
  type WorkerBeat,
  WorkerWatch,
} from "./workers.ts";
export { jobTools, toJobDto } from "./tools.ts";
