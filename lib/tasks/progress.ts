import { emit } from "../events/mod.ts";
import type { JobCtx } from "../jobs/mod.ts";
import { TASK_LIMITS } from "./schemas.ts";
import { updateProgress } from "./store.ts";

export interface ProgressWriter {
  readonly tell: (percent: number, message?: string) => void;
  /** Resolves when what was told last is written. Nothing is told after it. */
  end(): Promise<void>;
}

/** Writes down how far a task is and tells live streams, at most twice a second; the last word is never dropped. */
export function createProgress(ctx: JobCtx, name: string): ProgressWriter {
  let latest: { percent: number; message: string | null; at: number } | null = null;
  let writing: Promise<void> | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastAt = -Infinity;
  let ended = false;

  async function write(): Promise<void> {
    const progress = latest;
    if (progress === null) return;
    latest = null;
    lastAt = performance.now();
    const { id, fence } = ctx.job;
    await ctx.transact(async (tx) => {
      if (!await updateProgress(tx, { id, fence, progress })) return;
      const { percent, message } = progress;
      await emit(tx, { type: "task.progress", subjectId: id, data: { name, percent, message } });
    });
  }

  function flush(): void {
    timer = undefined;
    // Progress is a courtesy: a full disk shows in the task's own end.
    writing = write().catch(() => {}).finally(() => {
      writing = null;
      if (latest !== null && !ended) arm();
    });
  }

  function arm(): void {
    if (timer !== undefined || writing !== null) return;
    timer = setTimeout(flush, Math.max(0, lastAt + TASK_LIMITS.progressMs - performance.now()));
  }

  return {
    tell(percent, message) {
      if (ended || !Number.isFinite(percent)) return;
      const within = Math.round(Math.min(100, Math.max(0, percent)) * 10) / 10;
      latest = { percent: within, message: message?.slice(0, 500) ?? null, at: ctx.now() };
      arm();
    },
    async end() {
      ended = true;
      clearTimeout(timer);
      timer = undefined;
      await writing;
      await write().catch(() => {});
    },
  };
}
