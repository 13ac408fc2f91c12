import { join } from "node:path";
import { ADMIN_PASSWORD, startServer as start } from "../tests/support/server.ts";

export { signIn } from "../tests/support/server.ts";

export interface BenchServer {
  readonly url: string;
  readonly pid: number;
  readonly folder: string;
  stop(): Promise<void>;
}

/** The product itself in a process and data folder of its own, on a free port, with limits out of the way. */
export async function startServer(env: Record<string, string> = {}): Promise<BenchServer> {
  const folder = await Deno.makeTempDir({ prefix: "cauce-bench-" });
  const server = await start({
    data: join(folder, "data"),
    env: { CAUCE_ENV: "development", ADMIN_PASSWORD, ...env },
  });
  return {
    url: server.url,
    pid: server.pid,
    folder,
    async stop() {
      server.signal("SIGTERM");
      await server.ended;
      await Deno.remove(folder, { recursive: true });
    },
  };
}
