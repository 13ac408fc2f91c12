import type { Ctx } from "../lib/context.ts";
import { acknowledgeAll, type EndedRun } from "../lib/jobs/mod.ts";

interface Waiting {
  readonly ended: EndedRun;
  readonly resolve: (held: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** Ends runs that went well: all that end in one turn of the event loop by one statement. */
export function createAcks(context: Ctx): (ended: EndedRun) => Promise<boolean> {
  let waiting: Waiting[] = [];

  async function write(batch: readonly Waiting[]): Promise<void> {
    try {
      const lost = await acknowledgeAll(context, batch.map(({ ended }) => ended));
      for (const { ended, resolve } of batch) resolve(!lost.has(ended.id));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  return (ended) =>
    new Promise((resolve, reject) => {
      waiting.push({ ended, resolve, reject });
      if (waiting.length > 1) return;
      setImmediate(() => {
        const batch = waiting;
        waiting = [];
        void write(batch);
      });
    });
}
