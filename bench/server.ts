import { join } from "node:path";

export interface BenchServer {
  readonly url: string;
  readonly pid: number;
  readonly folder: string;
  stop(): Promise<void>;
}

const READY = /serves on (http:\/\/\S+) \(pid (\d+)/;

/** The product itself in a process and data folder of its own, on a free port, with limits out of the way. */
export async function startServer(env: Record<string, string> = {}): Promise<BenchServer> {
  const folder = await Deno.makeTempDir({ prefix: "cauce-bench-" });
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-P=api", "main.ts"],
    cwd: new URL("..", import.meta.url),
    env: {
      PORT: "0",
      HOST: "127.0.0.1",
      CAUCE_DATA: join(folder, "data"),
      CAUCE_ENV: "development",
      ADMIN_PASSWORD: "a-long-password-for-the-bench",
      RATE_LIMIT_ADDRESS: "1000000000",
      RATE_LIMIT_ACTOR: "1000000000",
      DENO_NO_UPDATE_CHECK: "1",
      ...env,
    },
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const { url, pid, drained } = await ready(child);
  return {
    url,
    pid,
    folder,
    async stop() {
      child.kill("SIGTERM");
      await child.status;
      await drained;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function ready(
  child: Deno.ChildProcess,
): Promise<{ url: string; pid: number; drained: Promise<void> }> {
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += part.value;
    const match = READY.exec(text);
    if (match === null) continue;
    const drained = (async () => {
      while (!(await reader.read()).done);
    })();
    return { url: match[1] ?? "", pid: Number(match[2]), drained };
  }
  throw new Error(`The server ended before it served: ${text}`);
}

/** Signs in as the admin of `startServer`. */
export async function signIn(url: string): Promise<string> {
  const response = await fetch(`${url}/api/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username: "admin", password: "a-long-password-for-the-bench" }),
  });
  const { access_token: token } = await response.json();
  return token;
}
