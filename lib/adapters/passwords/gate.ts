import { AppError } from "../../kernel/errors.ts";

/** Lets `parallel` pieces of work run and `waiting` wait; more are refused with `busy`. First come, first served. */
export function createGate({ parallel, waiting }: { parallel: number; waiting: number }) {
  const queue: (() => void)[] = [];
  let running = 0;
  return async function pass<T>(work: () => Promise<T>): Promise<T> {
    if (running >= parallel) {
      if (queue.length >= waiting) {
        throw new AppError("busy", "Too many sign-ins at this moment", { retryAfterMs: 1000 });
      }
      await new Promise<void>((resolve) => queue.push(resolve)); // the one who leaves hands over its place
    } else {
      running++;
    }
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else running--;
    }
  };
}
