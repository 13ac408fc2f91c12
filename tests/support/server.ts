import { join } from "node:path";
import {
  buildServer,
  inherited,
  type Program,
  READY,
  START_ENV,
  START_FLAGS,
} from "../../tools/build-server.ts";

export interface ServerProcess {
  /** Where it serves, without a slash at the end. */
  readonly url: string;
  /** As it printed it: the process to signal. */
  readonly pid: number;
  /** CAUCE_DATA. */
  readonly data: string;
  /** What it printed so far: the banner, and the first of its log lines. */
  output(): string;
  signal(signal: Deno.Signal): void;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Resolves to the exit code when it ended; null: by a signal. */
  readonly ended: Promise<number | null>;
}

/** How a start that was refused ended. */
export interface Refusal {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

export interface StartOptions {
  /** CAUCE_DATA. */
  readonly data: string;
  readonly env?: Record<string, string>;
  /** Working folder, whose `.env` is read. Default: the data folder, so that nobody's own `.env` counts. */
  readonly cwd?: string;
  /** A module that is loaded before the program. */
  readonly preload?: URL;
}

/** Of the admin, for tests and benchmarks that sign in. */
export const ADMIN_PASSWORD = "una-clave-larga-de-prueba-9";
const ROOT = new URL("../..", import.meta.url).pathname;
/** Characters; log lines without end follow the banner. */
const KEPT_OUTPUT = 100_000;

export async function command(
  program: Program | "cli/main",
  { args, options }: { args: readonly string[]; options: StartOptions },
) {
  const cli = program === "cli/main";
  const permissions = cli ? "api" : "work";
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      `-P=${permissions}`,
      ...START_FLAGS,
      "--config",
      join(ROOT, "deno.json"),
      ...options.preload === undefined ? [] : [`--preload=${options.preload.href}`],
      cli ? join(ROOT, "cli/main.ts") : await buildServer(program),
      ...args,
    ],
    cwd: options.cwd ?? options.data,
    clearEnv: true,
    env: {
      ...inherited(),
      ...START_ENV,
      PORT: "0",
      HOST: "127.0.0.1",
      CAUCE_DATA: options.data,
      RATE_LIMIT_ADDRESS: "1000000000",
      RATE_LIMIT_ACTOR: "1000000000",
      DENO_NO_UPDATE_CHECK: "1",
      NO_COLOR: "1",
      ...options.env,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** The product itself in a process of its own on a free port, serving. Throws with what it said when it ends before. */
export async function startServer(options: StartOptions): Promise<ServerProcess> {
  await Deno.mkdir(options.data, { recursive: true });
  const child = (await command("main", { args: [], options })).spawn();
  const ready = Promise.withResolvers<RegExpExecArray>();
  const said = { out: "", err: "" };
  let serving = false;
  const read = Promise.all([
    listen(child.stdout, (text) => {
      if (said.out.length < KEPT_OUTPUT) said.out += text;
      if (serving) return;
      const match = READY.exec(said.out);
      if (match === null) return;
      serving = true;
      ready.resolve(match);
    }),
    listen(child.stderr, (text) => void (said.err += text)),
  ]);
  const ended = (async () => {
    const status = await child.status;
    await read;
    ready.reject(new Error(`The server ended before it served: ${said.out}${said.err}`));
    return status.signal === null ? status.code : null;
  })();
  const match = await ready.promise;
  const pid = Number(match[2]);
  let running = true;
  const gone = ended.finally(() => running = false);
  // Never after its end: the number may be another process's by then.
  const signal = (name: Deno.Signal) => {
    if (running) Deno.kill(pid, name);
  };
  return {
    url: match[1] ?? "",
    pid,
    data: options.data,
    output: () => said.out,
    signal,
    async kill() {
      signal("SIGKILL");
      await gone;
    },
    ended: gone,
  };
}

async function listen(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  tell: (text: string) => void,
): Promise<void> {
  for await (const text of stream.pipeThrough(new TextDecoderStream())) tell(text);
}

/** Runs the server, which is to refuse to start. */
export async function refusedStart(options: StartOptions): Promise<Refusal> {
  await Deno.mkdir(options.cwd ?? options.data, { recursive: true });
  return await finish(await command("main", { args: [], options }));
}

/** Runs a command of the command line to its end. */
export async function runCli(args: readonly string[], options: StartOptions): Promise<Refusal> {
  await Deno.mkdir(options.cwd ?? options.data, { recursive: true });
  return await finish(await command("cli/main", { args, options }));
}

async function finish(program: Deno.Command): Promise<Refusal> {
  const { code, stdout, stderr } = await program.output();
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout), errors: decoder.decode(stderr) };
}

/** Signs in as the admin whose ADMIN_PASSWORD the server was first started with. */
export async function signIn(url: string, password = ADMIN_PASSWORD): Promise<string> {
  const response = await fetch(`${url}/api/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username: "admin", password }),
  });
  const { access_token: token } = await response.json();
  return token;
}

/** A folder that is removed when it goes out of scope. */
export async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "cauce-server-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
