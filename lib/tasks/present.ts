import { z } from "zod";
import { JOB_STATE } from "../jobs/mod.ts";
import { iso, isoOrNull } from "../kernel/clock.ts";
import type { WorkerType } from "../kernel/define-function.ts";
import { functionNameOf, priorityOf, taskStateOf, workerTypeOf } from "./policy.ts";
import { NEVER, type Priority, type TaskState } from "./schemas.ts";
import { asStored } from "./stored.ts";
import type { NewTask, TaskRow } from "./store.ts";

export interface Progress {
  readonly percent: number;
  readonly message: string | null;
  readonly at: string;
}

const progressColumn = z.object({ percent: z.number(), message: z.string().nullable(), at: z.number() });

/** A task as the wire shows it. `result` is null in lists when it is kept apart: `result_bytes` says its size. */
export interface Task {
  readonly task_id: string;
  readonly state: TaskState;
  readonly function_name: string;
  readonly worker_type: WorkerType;
  readonly priority: Priority;
  readonly result: unknown;
  readonly result_bytes: number | null;
  readonly error: string | null;
  readonly attempts: number;
  readonly max_attempts: number;
  readonly progress: Progress | null;
  readonly submitted_by: string;
  readonly parent_id: string | null;
  /** null: it waits for its children. */
  readonly run_at: string | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
}

export function toTask(row: TaskRow): Task {
  const stored = asStored(row.result);
  const told = progressColumn.safeParse(row.progress).data;
  return {
    task_id: row.id,
    state: taskStateOf(row),
    function_name: functionNameOf(row.name),
    worker_type: workerTypeOf(row.lane),
    priority: priorityOf(row.priority),
    result: stored !== null && "value" in stored ? stored.value : null,
    result_bytes: stored !== null && "blob" in stored ? stored.bytes : null,
    // What went wrong before a good end is told by its attempts; one without a result ended before it failed.
    error: row.state === JOB_STATE.done && row.result !== null ? null : row.lastError,
    attempts: row.attempts,
    max_attempts: row.maxAttempts,
    progress: told === undefined ? null : { ...told, at: iso(told.at) },
    submitted_by: row.submittedBy,
    parent_id: row.parentId,
    run_at: row.runAt === NEVER ? null : iso(row.runAt),
    created_at: iso(row.createdAt),
    started_at: isoOrNull(row.startedAt),
    finished_at: isoOrNull(row.finishedAt),
  };
}

/** A task that was just written: nothing has happened to it yet. */
export function newTask(task: NewTask, submittedBy: string): Task {
  return toTask({
    ...task,
    workspaceId: "",
    submittedBy,
    attempts: 0,
    lease: null,
    fence: 0,
    worker: null,
    dedupKey: null,
    lastError: null,
    finishedAt: null,
    startedAt: null,
    result: null,
    progress: null,
  });
}
