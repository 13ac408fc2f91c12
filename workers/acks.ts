import type { Ctx } from "../lib/context.ts";
import { acknowledgeAll, type Run } from "../lib/jobs/mod.ts";

interface Waiting {
  readonly run: Run;
  readonly resolve: (held: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** Ends runs that went well: all that end in one turn of the event loop by one statement. */
export function createAcks(context: Ctx): (run: Run) => Promise<boolean> {
  let waiting: Waiting[] = [];

  async function write(batch: readonly Waiting[]): Promise<void> {
    try {
      const lost = await acknowledgeAll(context, batch.map(({ run }) => run));
      for (const { run, resolve } of batch) resolve(!lost.has(run.id));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  return (run) =>
    new Promise((resolve, reject) => {
      waiting.push({ run, resolve, reject });
      if (waiting.length > 1) return;
      setImmediate(() => {
        const batch = waiting;
        waiting = [];
        void write(batch);
      });
    });
}
