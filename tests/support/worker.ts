import { command, type StartOptions } from "./server.ts";

export interface WorkerProcess {
  readonly pid: number;
  output(): string;
  /** Resolves when the output has it; throws when the process ends before. */
  said(text: string | RegExp): Promise<void>;
  signal(name: Deno.Signal): void;
  readonly ended: Promise<Deno.CommandStatus>;
}

/** `workers/main.ts` in a process of its own, running jobs. */
export async function startWorkerProcess(lanes: string, options: StartOptions): Promise<WorkerProcess> {
  const child = (await command("workers/main", { args: ["--lanes", lanes], options })).spawn();
  let out = "";
  let over = false;
  const listen = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) out += text;
  };
  const ended = Promise.all([child.status, listen(child.stdout), listen(child.stderr)])
    .then(([status]) => status).finally(() => over = true);
  const worker: WorkerProcess = {
    pid: child.pid,
    output: () => out,
    async said(text) {
      while (typeof text === "string" ? !out.includes(text) : !text.test(out)) {
        if (over) throw new Error(`The worker ended before it said ${text}: ${out}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    signal(name) {
      if (!over) Deno.kill(child.pid, name);
    },
    ended,
  };
  await worker.said(/runs .* \(pid \d+\)/);
  return worker;
}
