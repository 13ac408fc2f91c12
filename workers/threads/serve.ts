import process from "node:process";
import { createInterface } from "node:readline";
import { parentPort, Worker } from "node:worker_threads";
import type { PureFunction } from "../../lib/kernel/define-function.ts";
import { messageOf } from "../../lib/kernel/errors.ts";
import type { Answer } from "../../lib/ports/isolation.ts";
import { answer } from "./answer.ts";

/** In a thread: a question a message, one at a time, and its answers. */
export function serveThread(functions: readonly PureFunction[]): void {
  parentPort?.on("message", (question) => {
    void answer(question, { functions, send: (message) => parentPort?.postMessage(message) });
  });
}

/**
 * In a child process: a question a line, put to a thread of its own, and its answers. So the process sees the end of
 * its input, and ends with who started it, whatever the thread is lost in.
 */
export function serveChild(program: URL): void {
  const say = (message: Answer) => void process.stdout.write(`${JSON.stringify(message)}\n`);
  const thread = new Worker(program);
  thread.on("message", say);
  thread.on("error", (error) => say({ kind: "failed", code: null, message: messageOf(error) }));
  const input = createInterface({ input: process.stdin });
  input.on("line", (line) => thread.postMessage(JSON.parse(line)));
  input.on("close", () => process.exit(0));
}
