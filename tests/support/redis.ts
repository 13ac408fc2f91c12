import { connect } from "node:net";
import { eventually } from "./eventually.ts";
import { type Address, freeAddress } from "./loopback.ts";

const BINARY = "/usr/bin/redis-server";

/** False where Debian's redis-server is not installed; tests that need it are then skipped by name. In CI it must be there. */
export const HAS_REDIS = exists(BINARY) || Boolean(Deno.env.get("CI"));

export interface RedisServer {
  readonly url: string;
  /** Stops answering, as a machine that swaps or a network that swallows. */
  pause(): void;
  resume(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A Redis of its own on an address of loopback, without persistence. `await using` ends it. */
export async function startRedis({ host, port }: Address = freeAddress()): Promise<RedisServer> {
  const process = new Deno.Command(BINARY, {
    args: [
      "--port",
      String(port),
      "--bind",
      host,
      "--save",
      "",
      "--appendonly",
      "no",
      "--loglevel",
      "warning",
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  let ended: number | null = null;
  void process.status.then(({ code }) => ended = code);
  await eventually("redis-server answers", async () => {
    if (ended !== null) throw new Error(`redis-server ended with ${ended}: is ${host}:${port} taken?`);
    return await answers({ host, port });
  });
  return {
    url: `redis://${host}:${port}`,
    pause: () => Deno.kill(process.pid, "SIGSTOP"),
    resume: () => Deno.kill(process.pid, "SIGCONT"),
    async [Symbol.asyncDispose]() {
      Deno.kill(process.pid, "SIGKILL");
      await process.status;
    },
  };
}

function answers({ host, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    const end = (ok: boolean) => {
      socket.destroy();
      resolve(ok);
    };
    socket.once("error", () => end(false));
    socket.once("connect", () => socket.write("PING\r\n"));
    socket.once("data", (data) => end(data.toString().startsWith("+PONG")));
  });
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
