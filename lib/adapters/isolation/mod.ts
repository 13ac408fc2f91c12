import { AppError } from "../../kernel/errors.ts";
import type { TaskIsolation } from "../../ports/isolation.ts";
import { mayStartChild, startChild } from "./child.ts";
import { Pool } from "./pool.ts";

export interface IsolationOptions {
  /** The program that answers, and the folder of all that it imports. */
  readonly program: URL;
  readonly root: URL;
  /** Calls at once to begin with; half as many of those that need much memory. */
  readonly places: number;
  /** What one call may use. */
  readonly megabytes?: number;
  /** The same for a call in the lane of what needs much memory. */
  readonly memoryMegabytes?: number;
  readonly maxResultBytes?: number;
}

const DEFAULTS = { megabytes: 256, memoryMegabytes: 1024, maxResultBytes: 8 * 1024 * 1024 };

/**
 * Runs what computes in threads of processes of its own. A process can be ended whatever it is lost in, and its memory
 * is its own. A thread of this process could be neither ended (`terminate` waits for it to yield) nor told apart by
 * its memory. Where no process may be started, a call is 503 `not_configured`.
 */
export function createIsolation(options: IsolationOptions): TaskIsolation {
  const { megabytes, memoryMegabytes, maxResultBytes } = { ...DEFAULTS, ...options };
  const { places, root, program } = options;
  const poolOf = (maxMegabytes: number, places: number) =>
    new Pool({
      start() {
        if (mayStartChild()) return startChild({ program, root, maxMegabytes });
        const detail = "This process may start no other (--allow-run), which is where tasks compute";
        throw new AppError("not_configured", detail, { retryable: false });
      },
      places,
      maxMegabytes,
      maxResultBytes,
    });
  const pools = {
    cpu: poolOf(megabytes, places),
    memory: poolOf(memoryMegabytes, Math.max(1, Math.floor(places / 2))),
  };
  const both = Object.values(pools);
  return {
    run: (call) => (call.lane === "memory" ? pools.memory : pools.cpu).run(call),
    load: (pool) => pools[pool].load,
    scale: (pool, places) => pools[pool].scale(places),
    usage() {
      const usages = both.map(({ usage }) => usage);
      const sum = (of: "processes" | "rssBytes" | "cpuMs") =>
        usages.reduce((all, usage) => all + usage[of], 0);
      return { processes: sum("processes"), rssBytes: sum("rssBytes"), cpuMs: sum("cpuMs") };
    },
    close() {
      for (const pool of both) pool.close();
      return Promise.resolve();
    },
  };
}
