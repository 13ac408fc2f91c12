/**
 * Reports over a desk of 1,000,000 tickets: an XLSX of 100,000 of them and a CSV of all, streamed over HTTP. Prints how
 * long each took, how much came, and how much memory the server held at most while it wrote.
 */
import { join } from "node:path";
import { ADMIN_PASSWORD, type ServerProcess, startServer } from "../tests/support/server.ts";
import { round } from "./measure.ts";
import { seedTickets } from "./tickets-seed.ts";

const SIZE = Number(Deno.env.get("BENCH_SIZE") ?? 1_000_000);
/** The seeds lie evenly in the two years before it. */
const END = Date.UTC(2026, 0, 1);
const SPAN_MS = 2 * 365 * 24 * 60 * 60 * 1000;

const encoder = new TextEncoder();
const say = (line: string) => Deno.stdout.writeSync(encoder.encode(`${line}\n`));

const start = (data: string) =>
  startServer({ data, env: { ADMIN_PASSWORD, LOG_LEVEL: "error", SMTP_HOST: "" } });

async function signIn(server: ServerProcess): Promise<string> {
  const response = await fetch(`${server.url}/api/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username: "admin", password: ADMIN_PASSWORD }),
  });
  return (await response.json()).access_token;
}

async function stop(server: ServerProcess): Promise<void> {
  server.signal("SIGTERM");
  await server.ended;
}

/** Megabytes that a process holds now. */
async function rssOf(pid: number): Promise<number> {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(await Deno.readTextFile(`/proc/${pid}/status`))?.[1];
  return Number(kilobytes ?? 0) / 1024;
}

async function measure(
  server: ServerProcess,
  { name, query, token }: { name: string; query: string; token: string },
): Promise<void> {
  const before = await rssOf(server.pid);
  let [most, bytes] = [before, 0];
  const watch = setInterval(() => void rssOf(server.pid).then((now) => most = Math.max(most, now)), 50);
  const began = performance.now();
  const response = await fetch(`${server.url}/api/reports/tickets?${query}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok || response.body === null) {
    throw new Error(`${name}: ${response.status} ${await response.text()}`);
  }
  for await (const part of response.body) bytes += part.length;
  const seconds = (performance.now() - began) / 1000;
  clearInterval(watch);
  say(
    `${name}: ${round(seconds)} s, ${round(bytes / 1e6)} MB; the server held ${
      Math.round(most)
    } MB at most ` +
      `(${Math.round(before)} MB before)`,
  );
}

const folder = await Deno.makeTempDir({ prefix: "cauce-bench-" });
try {
  const data = join(folder, "data");
  await stop(await start(data));
  await seedTickets(join(data, "cauce.db"), SIZE);
  const server = await start(data);
  try {
    const token = await signIn(server);
    const from = new Date(END - SPAN_MS * Math.min(1, 100_000 / SIZE)).toISOString();
    await measure(server, { name: "XLSX of 100,000 tickets", query: `format=xlsx&from=${from}`, token });
    await measure(server, { name: `CSV of ${SIZE} tickets`, query: "format=csv", token });
  } finally {
    await stop(server);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
