export { type Batch, type BatchOrder, submitTasks } from "./batch.ts";
export { cancelTask } from "./cancel.ts";
export { type ControlOrder, controlTasks, type LaneStatus, laneStatus } from "./control.ts";
export { submitDemoTasks } from "./demo.ts";
export {
  type DeadRetry,
  discardDeadTask,
  getDeadTask,
  listDeadTasks,
  redriveDeadTasks,
  retryDeadTask,
} from "./dead.ts";
export { type TaskFigures, taskFigures } from "./figures.ts";
export { functionNameOf, jobNameOf } from "./policy.ts";
export type { Task } from "./present.ts";
export { getTask, listChildren, listFunctions, listTasks, type TaskDetail, type TaskQuery } from "./read.ts";
export { runTask } from "./run.ts";
export { checkOrder, submitTask, submitterOf, type TaskOrder } from "./submit.ts";
export { taskTools } from "./tools.ts";
export { type Priority, PRIORITY_NAMES } from "./schemas.ts";
