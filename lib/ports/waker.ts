import type { Lane } from "../kernel/define-job.ts";

/** Tells whoever runs jobs that there is work. A wake-up may be lost: the sweeper finds the rows all the same. */
export interface Waker {
  /** `jobIds` were committed in `lane`, due at `dueAt` (UTC ms). */
  wake(lane: Lane, jobIds: readonly string[], dueAt: number): void;
}
