import { join } from "node:path";
import { ADMIN_PASSWORD, type ServerProcess, startServer } from "../tests/support/server.ts";

const encoder = new TextEncoder();

/** Writes a line at once. */
export const say = (line: string) => Deno.stdout.writeSync(encoder.encode(`${line}\n`));

/** A server that keeps its data in a folder. */
export const start = (folder: string) =>
  startServer({ data: join(folder, "data"), env: { ADMIN_PASSWORD, LOG_LEVEL: "error", SMTP_HOST: "" } });

/** A call that must be good; resolves to what it answers. */
export async function ask(
  server: ServerProcess,
  { method = "GET", path, token, body }: { method?: string; path: string; token?: string; body?: unknown },
) {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${path} ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

/** The admin's token. */
export async function signIn(server: ServerProcess): Promise<string> {
  const body = { username: "admin", password: ADMIN_PASSWORD };
  return (await ask(server, { method: "POST", path: "/api/auth/login", body })).access_token;
}
