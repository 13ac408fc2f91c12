import { join } from "node:path";
import { TextLineStream } from "./lines.ts";
import type { EdgeBundle } from "../../tools/build-edge.ts";

/** Pinned: every platform's package of this version exists. */
async function findWorkerd(): Promise<{ path: string; compatibilityDate: string }> {
  const module: unknown = (await import("workerd")).default;
  const { default: path, compatibilityDate } = module as { default: string; compatibilityDate: string };
  return { path, compatibilityDate };
}

export interface Isolate extends AsyncDisposable {
  readonly url: string;
  /** From the start of the process to the answer of its first request, milliseconds. */
  readonly firstAnswerMs: number;
  /** What it wrote, for a failing test to show. */
  readonly log: string[];
}

/** Starts the real runtime with the bundle as a worker; `GET /health` has answered when it resolves. */
export async function startWorkerd(bundle: EdgeBundle, variables: Record<string, string>): Promise<Isolate> {
  const { path, compatibilityDate } = await findWorkerd();
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
    return { url, firstAnswerMs, log, [Symbol.asyncDispose]: stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
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
  compatibilityFlags = ["nodejs_compat"],
  globalOutbound = "net",
);
`;
}
