import type { TaskIsolation } from "../../ports/isolation.ts";
import { mayStartChild, startChild } from "./child.ts";
import { Pool } from "./pool.ts";
import { startThread } from "./thread.ts";

export interface IsolationOptions {
  /** The programs that answer, and the folder of all that they import. */
  readonly threadProgram: URL;
  readonly childProgram: URL;
  readonly root: URL;
  /** Calls at once. */
  readonly places: number;
  /** What one call may use. */
  readonly megabytes?: number;
  /** The same for a call in the lane of what needs much memory. */
  readonly memoryMegabytes?: number;
  readonly maxResultBytes?: number;
  /** Whether calls get processes of their own; default: where this one may start any. */
  readonly children?: boolean;
}

const DEFAULTS = { megabytes: 256, memoryMegabytes: 1024, maxResultBytes: 8 * 1024 * 1024 };

/**
 * Runs what computes in processes of its own, which can be ended whatever they are lost in. Where none may be started
 * it gets threads: off the event loop and under a watch of memory, but one in a loop without end stays lost.
 */
export function createIsolation(options: IsolationOptions): TaskIsolation {
  const { megabytes, memoryMegabytes, maxResultBytes } = { ...DEFAULTS, ...options };
  const { places, root, childProgram, threadProgram } = options;
  const poolOf = (maxMegabytes: number, size: number) =>
    new Pool({
      start: options.children ?? mayStartChild()
        ? () => startChild({ program: childProgram, root, maxMegabytes })
        : () => startThread({ program: threadProgram }),
      size,
      maxMegabytes,
      maxResultBytes,
    });
  const usual = poolOf(megabytes, places);
  const large = poolOf(memoryMegabytes, Math.max(1, Math.floor(places / 2)));
  return {
    run: (call) => (call.lane === "memory" ? large : usual).run(call),
    close() {
      usual.close();
      large.close();
      return Promise.resolve();
    },
  };
}
