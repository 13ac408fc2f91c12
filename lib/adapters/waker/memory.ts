import type { Lane } from "../../kernel/define-job.ts";
import type { Waker } from "../../ports/waker.ts";

export type WakeListener = (lane: Lane, jobIds: readonly string[], dueAt: number) => void;

export interface MemoryWaker extends Waker {
  /** Called synchronously for each wake-up; must not throw. Returns the unsubscriber. */
  onWake(listener: WakeListener): () => void;
}

/** Wakes the lanes that run in this process. */
export function createMemoryWaker(): MemoryWaker {
  const listeners = new Set<WakeListener>();
  return {
    wake(lane, jobIds, dueAt) {
      for (const listener of listeners) listener(lane, jobIds, dueAt);
    },
    onWake(listener) {
      const own: WakeListener = (...wake) => listener(...wake);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}
