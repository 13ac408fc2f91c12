import { loadHostConfig } from "../../compose.ts";
import type { Command } from "../command.ts";
import { complain, readable, say } from "../output.ts";

export const health: Command = {
  name: "health",
  summary: "Ask the running server how it is; exits with 1 unless healthy",
  usage: "health [address]",
  async run([address], { json }) {
    const { config } = await loadHostConfig();
    const { host, port } = config.server;
    const reached = ["0.0.0.0", "::"].includes(host) ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
    const base = address ?? `http://${reached}:${port}`;
    try {
      const response = await fetch(`${base}/api/health`, { signal: AbortSignal.timeout(5000) });
      const found = await response.json();
      say(
        json
          ? JSON.stringify(found, null, 2)
          : `${found.status}, ${found.version}, ${found.environment}\n${readable(found.services)}`,
      );
      return found.status === "healthy" ? 0 : 1;
    } catch {
      complain(`Nothing answers at ${base}; start it with: deno task start`);
      return 1;
    }
  },
};
