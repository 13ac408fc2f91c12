export { functionNameOf, jobNameOf } from "./policy.ts";
export type { Task } from "./present.ts";
export { getTask, listFunctions, listTasks, type TaskDetail, type TaskQuery } from "./read.ts";
export { runTask } from "./run.ts";
export { checkOrder, submitTask, submitterOf, type TaskOrder } from "./submit.ts";
export { type Priority, PRIORITY_NAMES } from "./schemas.ts";
