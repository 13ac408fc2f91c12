import { Worker } from "node:worker_threads";
import { AppError, messageOf } from "../../kernel/errors.ts";
import type { Answer, Question } from "../../ports/isolation.ts";
import { type Apart, overMemory } from "./apart.ts";

export interface ThreadOptions {
  readonly program: URL;
}

const STACK_MB = 4;
/**
 * Far over what a call may use, which the pool watches by the size of the process: V8 ends the whole process when one
 * allocation does not fit into a heap, and the longest text that it can make has 512 MB.
 */
const HEAP_MB = 2048;

/** A thread of `node:worker_threads`: unlike a Web Worker, its running out of memory ends itself alone. */
export function startThread({ program }: ThreadOptions): Apart {
  const worker = new Worker(program, {
    resourceLimits: {
      maxOldGenerationSizeMb: HEAP_MB,
      stackSizeMb: STACK_MB,
    },
  });
  worker.unref();
  let asked: { heard: (answer: Answer) => void; settle: PromiseWithResolvers<void> } | null = null;
  let ended = false;
  let leaving: Promise<void> = Promise.resolve();

  function end(reason: unknown): void {
    ended = true;
    asked?.settle.reject(reason);
    asked = null;
  }

  worker.on("message", (answer: Answer) => {
    asked?.heard(answer);
    if (answer.kind === "progress") return;
    asked?.settle.resolve();
    asked = null;
  });
  worker.on("error", (error) => {
    const full = error instanceof Error && Reflect.get(error, "code") === "ERR_WORKER_OUT_OF_MEMORY";
    end(full ? overMemory(HEAP_MB) : new AppError("internal", `Its thread failed: ${messageOf(error)}`));
  });
  worker.on("exit", () => end(new AppError("internal", "Its thread ended")));

  return {
    async ask(question: Question, heard) {
      const settle = Promise.withResolvers<void>();
      asked = { heard, settle };
      worker.postMessage(question);
      await settle.promise;
    },
    rssBytes: () => null,
    kill(reason) {
      end(reason);
      leaving = worker.terminate().then(() => {});
    },
    gone: () => leaving,
    get ended() {
      return ended;
    },
  };
}
