import process from "node:process";
import { createInterface } from "node:readline";
import { parentPort, Worker } from "node:worker_threads";
import type { PureFunction } from "../../lib/kernel/define-function.ts";
import { messageOf } from "../../lib/kernel/errors.ts";
import { type Answer, OUT_OF_MEMORY } from "../../lib/ports/isolation.ts";
import { answer } from "./answer.ts";

/** In a thread: a question a message, one at a time, and its answers. */
export function serveThread(functions: readonly PureFunction[]): void {
  parentPort?.on("message", (question) => {
    void answer(question, { functions, send: (message) => parentPort?.postMessage(message) });
  });
}

const STACK_MB = 4;

/**
 * In a child process: a question a line, put to a thread of its own, and its answers. So the process sees the end of
 * its input, and ends with who started it, whatever the thread is lost in. Its argument bounds the thread's heap.
 */
export function serveChild(program: URL): void {
  const maxMegabytes = Number(process.argv[2]);
  const say = (message: Answer, then?: () => void) =>
    void process.stdout.write(`${JSON.stringify(message)}\n`, then);
  const thread = new Worker(program, {
    resourceLimits: { maxOldGenerationSizeMb: maxMegabytes, stackSizeMb: STACK_MB },
  });
  thread.on("message", (message) => say(message));
  thread.on("error", (error) => {
    if (Reflect.get(Object(error), "code") === "ERR_WORKER_OUT_OF_MEMORY") process.exit(OUT_OF_MEMORY);
    say({ kind: "failed", code: null, message: messageOf(error) }, () => process.exit(1));
  });
  const input = createInterface({ input: process.stdin });
  input.on("line", (line) => thread.postMessage(JSON.parse(line)));
  input.on("close", () => process.exit(0));
}
