import { fileURLToPath } from "node:url";
import { AppError } from "../../kernel/errors.ts";
import { type Answer, OUT_OF_MEMORY, type Question } from "../../ports/isolation.ts";
import { type Apart, overMemory } from "./apart.ts";

export interface ChildOptions {
  readonly program: URL;
  /** The folder of the programs' files, which is all that it may read. */
  readonly root: URL;
  /** Of the heap, and of the whole process where the system tells. */
  readonly maxMegabytes: number;
}

const PAGE_BYTES = 4096;
/** Of the clock that /proc counts a process's time by: a hundred a second on every Linux. */
const TICK_MS = 10;

/** May this process start another one of its own kind? */
export function mayStartChild(): boolean {
  return Deno.permissions.querySync({ name: "run", command: Deno.execPath() }).state === "granted";
}

/**
 * A process of our own kind with a heap of its own: a question and an answer a line. What is lost in a loop can be
 * ended only so: the runtime does not stop a thread that never yields.
 */
export function startChild({ program, root, maxMegabytes }: ChildOptions): Apart {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      `--allow-read=${fileURLToPath(root)}`,
      `--v8-flags=--max-old-space-size=${maxMegabytes}`,
      program.href,
      String(maxMegabytes),
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    clearEnv: true,
    env: Object.fromEntries(
      ["DENO_DIR", "HOME", "XDG_CACHE_HOME"].flatMap((name) => {
        const value = Deno.env.get(name);
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  }).spawn();
  child.unref();
  const writer = child.stdin.getWriter();
  let asked: { heard: (answer: Answer) => void; settle: PromiseWithResolvers<void> } | null = null;
  let ended = false;
  let cpuMs = 0;

  function end(reason: unknown): void {
    ended = true;
    asked?.settle.reject(reason);
    asked = null;
    writer.close().catch(() => {});
  }

  function hear(answer: Answer): void {
    asked?.heard(answer);
    if (answer.kind === "progress") return;
    asked?.settle.resolve();
    asked = null;
  }

  async function read(): Promise<void> {
    let rest = "";
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) hear(JSON.parse(line));
    }
  }

  const reading = read().catch(() => {});
  child.status.then(async ({ code, signal }) => {
    await reading;
    // V8 ends the process when one allocation does not fit into the heap.
    const full = code === OUT_OF_MEMORY || signal === "SIGTRAP" || signal === "SIGABRT" ||
      signal === "SIGILL";
    end(full ? overMemory(maxMegabytes) : new AppError("internal", "Its process ended"));
  });

  return {
    async ask(question: Question, heard) {
      const settle = Promise.withResolvers<void>();
      asked = { heard, settle };
      const line = new TextEncoder().encode(`${JSON.stringify(question)}\n`);
      writer.write(line).catch(() => {}); // its end is told by its status
      await settle.promise;
    },
    usage() {
      cpuMs = Math.max(cpuMs, ended ? 0 : cpuMsOf(child.pid));
      return { rssBytes: ended ? 0 : residentBytes(child.pid), cpuMs };
    },
    kill(reason) {
      this.usage();
      end(reason);
      try {
        child.kill("SIGKILL");
      } catch { /* it has ended by itself */ }
    },
    gone: () => child.status.then(() => {}),
    get ended() {
      return ended;
    },
  };
}

/** The fields of a file of /proc about a process; none where there is no such file. */
function fieldsOf(pid: number, file: "statm" | "stat"): string[] {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/${file}`);
    // The name, in brackets, may hold anything.
    return text.slice(text.lastIndexOf(")") + 1).trim().split(" ");
  } catch {
    return [];
  }
}

function residentBytes(pid: number): number {
  return Number(fieldsOf(pid, "statm")[1] ?? 0) * PAGE_BYTES;
}

/** In user and in system mode: fields 14 and 15 of proc(5), the 12th and 13th after the name. */
function cpuMsOf(pid: number): number {
  const fields = fieldsOf(pid, "stat");
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_MS;
}
