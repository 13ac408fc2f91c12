const PROGRAM = new URL("./owner-program.ts", import.meta.url);

export interface OwnerProcess {
  readonly pid: number;
  /** Numbers of the transactions that the owner was told are durable; only whole lines count. */
  readonly acknowledged: readonly number[];
  /** SIGKILL; resolves when the process is gone and its output is read. */
  kill(): Promise<void>;
}

/** Another process that owns the file and, with `load`, writes to it until it is killed. */
export async function startOwner(path: string, { load = false } = {}): Promise<OwnerProcess> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", PROGRAM.pathname, path, load ? "load" : "idle"],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const acknowledged: number[] = [];
  const ready = Promise.withResolvers<void>();
  const read = (async () => {
    let rest = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) line === "ready" ? ready.resolve() : acknowledged.push(Number(line));
    }
    ready.reject(new Error("The owner ended before it was ready"));
  })();
  await ready.promise;
  let killing: Promise<void> | undefined;
  return {
    pid: child.pid,
    acknowledged,
    kill: () =>
      killing ??= (async () => {
        child.kill("SIGKILL");
        await Promise.all([child.status, read]);
      })(),
  };
}
