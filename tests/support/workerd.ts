import { join } from "node:path";
import { TextLineStream } from "./lines.ts";
import type { EdgeBundle } from "../../tools/build-edge.ts";

const PACKAGE = "npm:workerd@1.20260730.1";

/**
 * The binary's path and the newest date that it takes. Resolved by a process of its own, outside of the project's
 * lock: what is in there is fetched at the first `deno task start`, and this is a binary of 160 MB.
 */
async function findWorkerd(): Promise<readonly [path: string, compatibilityDate: string]> {
  const program =
    `import found from "${PACKAGE}"; console.log(JSON.stringify([found.default, found.compatibilityDate]))`;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", "--no-config", program],
  }).output();
  if (!success) throw new Error(`${PACKAGE} can't be had: ${new TextDecoder().decode(stderr)}`);
  const found: unknown = JSON.parse(new TextDecoder().decode(stdout));
  if (!Array.isArray(found) || found.length !== 2) throw new Error(`${PACKAGE} is not as it was`);
  return [String(found[0]), String(found[1])];
}

let found: ReturnType<typeof findWorkerd> | undefined;

export interface Isolate extends AsyncDisposable {
  readonly url: string;
  /** From the start of the process to the answer of its first request, milliseconds. */
  readonly firstAnswerMs: number;
  /** What of a processor it used until then, milliseconds: the same on a busy machine. */
  readonly firstAnswerCpuMs: number;
  /** What it wrote, for a failing test to show. */
  readonly log: string[];
}

/** Starts the real runtime with the bundle as a worker; `GET /health` has answered when it resolves. */
export async function startWorkerd(bundle: EdgeBundle, variables: Record<string, string>): Promise<Isolate> {
  const [path, compatibilityDate] = await (found ??= findWorkerd());
  const folder = await Deno.makeTempDir({ prefix: "cauce-workerd-" });
  const config = join(folder, "config.capnp");
  for (const name of bundle.modules) await Deno.copyFile(join(bundle.folder, name), join(folder, name));
  await Deno.writeTextFile(config, configOf(bundle.modules, { variables, compatibilityDate }));
  const startedAt = performance.now();
  const child = new Deno.Command(path, {
    args: ["serve", config, "--control-fd=1"],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const log: string[] = [];
  const listening = Promise.withResolvers<number>();
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const line of stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) {
      const port = /"event":\s*"listen".*"port":\s*(\d+)/.exec(line)?.[1];
      if (port !== undefined) listening.resolve(Number(port));
      else log.push(line);
    }
  };
  const readers = Promise.all([read(child.stdout), read(child.stderr)]);
  const stop = async () => {
    try {
      child.kill("SIGKILL");
    } catch { /* it has ended by itself */ }
    await Promise.all([child.status, readers]);
    await Deno.remove(folder, { recursive: true });
  };
  child.status.then(({ code }) =>
    listening.reject(new Error(`workerd ended with ${code}\n${log.join("\n")}`))
  );
  try {
    const url = `http://127.0.0.1:${await listening.promise}`;
    const answer = await fetch(`${url}/health`);
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}\n${log.join("\n")}`);
    await answer.body?.cancel();
    const firstAnswerMs = performance.now() - startedAt;
    const firstAnswerCpuMs = await cpuMsOf(child.pid);
    return { url, firstAnswerMs, firstAnswerCpuMs, log, [Symbol.asyncDispose]: stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

/** User and system time of a process (proc(5)), in whose steps of 10 ms the kernel tells it. */
async function cpuMsOf(pid: number): Promise<number> {
  const text = await Deno.readTextFile(`/proc/${pid}/stat`);
  // The name may hold spaces and brackets: what follows it begins with field 3, the state.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function configOf(
  modules: readonly string[],
  { variables, compatibilityDate }: { variables: Record<string, string>; compatibilityDate: string },
): string {
  const quote = (text: string) => JSON.stringify(text);
  const list = (lines: readonly string[]) => `[\n${lines.map((line) => `    ${line}`).join(",\n")}\n  ]`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "net", network = (allow = ["public", "private", "local"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = ${list(modules.map((name) => `(name = ${quote(name)}, esModule = embed ${quote(name)})`))},
  bindings = ${
    list(Object.entries(variables).map(([name, text]) => `(name = ${quote(name)}, text = ${quote(text)})`))
  },
  compatibilityDate = ${quote(compatibilityDate)},
  compatibilityFlags = ["nodejs_compat", "enable_request_signal"],
  globalOutbound = "net",
);
`;
}
