/**
 * The desk over HTTP. First tickets opened over 32 kept connections, each with its promises, its operator, event, audit
 * entry and the jobs of its promises, on disk before its 201; the operators are users, so each is told of each of theirs
 * while the others come in. Then lists, filters and searches over a desk of 10,000 tickets and over one of 1,000,000.
 * Prints rates, latencies and the growth. BENCH_PARTS picks: open, list.
 */
import { join } from "node:path";
import { createFileDatabase } from "../lib/adapters/db/file.ts";
import { ADMIN_PASSWORD, type ServerProcess } from "../tests/support/server.ts";
import { quantile, round, sleep } from "./measure.ts";
import { benchLists } from "./tickets-lists.ts";
import { ask, say, signIn, start } from "./tickets-server.ts";

const encoder = new TextEncoder();

const CONNECTIONS = 32;
const SECONDS = Number(Deno.env.get("BENCH_SECONDS") ?? 8);
const PARTS = new Set((Deno.env.get("BENCH_PARTS") ?? "open,list").split(","));
const WARM_UP_MS = 1500;
const OPERATORS = 20;

/** CPU seconds that a process used so far. */
async function cpuOf(pid: number): Promise<number> {
  const fields = (await Deno.readTextFile(`/proc/${pid}/stat`)).split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Opens tickets over one connection until `until`; resolves to how long each took after the warm-up. */
async function drive(
  url: URL,
  { token, from, until }: { token: string; from: number; until: number },
): Promise<{ took: number[]; all: number }> {
  using connection = await Deno.connect({ hostname: url.hostname, port: Number(url.port) });
  connection.setNoDelay();
  const buffer = new Uint8Array(16_384);
  const decoder = new TextDecoder();
  const took: number[] = [];
  let all = 0;
  for (let now = performance.now(); now < until; now = performance.now()) {
    const body = JSON.stringify({
      subject: `El equipo ${all} no enfría`,
      description: "Desde ayer no enfría y marca E4; ya reiniciamos dos veces y sigue igual.",
      priority: "normal",
    });
    const request = encoder.encode(
      `POST /api/tickets HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: application/json\r\n` +
        `Authorization: Bearer ${token}\r\nContent-Length: ${encoder.encode(body).length}\r\n\r\n${body}`,
    );
    for (let sent = 0; sent < request.length;) sent += await connection.write(request.subarray(sent));
    let text = "";
    for (let left = 1; left > 0;) {
      const read = await connection.read(buffer);
      if (read === null) throw new Error("The server closed a connection");
      text += decoder.decode(buffer.subarray(0, read));
      const end = text.indexOf("\r\n\r\n");
      const length = /content-length: (\d+)/i.exec(text)?.[1];
      if (end < 0) continue;
      if (length === undefined) left = text.endsWith("\r\n0\r\n\r\n") ? 0 : 1;
      else left = Number(length) - encoder.encode(text.slice(end + 4)).length;
    }
    if (!text.startsWith("HTTP/1.1 201")) throw new Error(text);
    all++;
    if (now >= from) took.push(performance.now() - now);
  }
  return { took, all };
}

type Post = (path: string, body: unknown) => Promise<Record<string, string>>;

/** Operators who are there and can be told: each is a user of the workspace. */
async function staff(server: ServerProcess, { token, post }: { token: string; post: Post }): Promise<void> {
  for (let at = 0; at < OPERATORS; at++) {
    const email = `operador${at}@example.com`;
    const { token: invitation_token } = await post("/api/workspaces/current/invitations", {
      email,
      role: "operator",
    });
    const body = { email, password: ADMIN_PASSWORD, invitation_token };
    const { user } = await ask(server, { method: "POST", path: "/api/auth/register", body });
    const { id } = await post("/api/operators", {
      name: `Operador ${at}`,
      capacity: 1000,
      user_id: user.id,
    });
    const presence = { presence: "online", for_minutes: 1440 };
    await ask(server, { method: "PUT", path: `/api/operators/${id}/presence`, token, body: presence });
  }
}

/** Waits until nothing follows any more: a second in which the process has next to nothing to do. */
async function settled(pid: number): Promise<void> {
  for (let [before, used] = [0, 1]; used > 0.05;) {
    await sleep(1000);
    const now = await cpuOf(pid);
    [before, used] = [now, now - before];
  }
}

const COUNTS = {
  stored: "select count(*) as n from tickets",
  given: "select count(*) as n from tickets where assignee_id is not null",
  promises: "select count(*) as n from sla_clocks",
  jobs: "select count(*) as n from jobs where name = 'sla.tick'",
  told: "select count(*) as n from notification_deliveries where channel = 'in_app' and state = 'delivered'",
  counted: "select coalesce(sum(value), 0) as n from rollups where metric = 'tickets.opened'",
} as const;

async function countRows(folder: string): Promise<Record<keyof typeof COUNTS, number>> {
  const database = await createFileDatabase({ path: join(folder, "data", "cauce.db") });
  const found = { stored: 0, given: 0, promises: 0, jobs: 0, told: 0, counted: 0 };
  for (const name of Object.keys(COUNTS) as (keyof typeof COUNTS)[]) {
    found[name] = Number((await database.client.execute(COUNTS[name])).rows[0]?.["n"]);
  }
  await database.close();
  return found;
}

async function benchOpen(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "cauce-tickets-" });
  let server = await start(folder);
  try {
    const token = await signIn(server);
    const post: Post = (path, body) => ask(server, { method: "POST", path, token, body });
    await post("/api/sla-policies", {
      name: "Oro",
      targets: { first_response: { normal: 60 }, resolution: { normal: 480 } },
      default: true,
    });
    await staff(server, { token, post });
    const url = new URL(server.url);
    const begun = performance.now();
    const [from, until] = [begun + WARM_UP_MS, begun + SECONDS * 1000];
    const cpuBefore = await cpuOf(server.pid);
    const results = await Promise.all(
      Array.from({ length: CONNECTIONS }, () => drive(url, { token, from, until })),
    );
    const seconds = (performance.now() - from) / 1000;
    const cpu = await cpuOf(server.pid) - cpuBefore;
    await server.kill();
    const killed = await countRows(folder);
    server = await start(folder);
    await settled(server.pid);
    await server.kill();
    const all = await countRows(folder);
    const took = results.flatMap((one) => one.took).sort((a, b) => a - b);
    const opened = results.reduce((sum, { all }) => sum + all, 0);
    const rate = took.length / seconds;
    say(
      `open: ${Math.round(rate)} tickets/s over ${CONNECTIONS} connections, each fsynced: p50 ${
        round(quantile(took, 0.5))
      } ms, p99 ${round(quantile(took, 0.99))} ms; ${
        round(cpu / opened * 1000)
      } ms of CPU each, all that follows ` +
        `included; ratio to the aim of 1,500/s: ${round(rate / 1500)}`,
    );
    say(
      `  ${opened} acknowledged, then SIGKILL: ${killed.stored} stored, ${killed.given} given to operators, ` +
        `${killed.promises} promises with ${killed.jobs} jobs, ${killed.told} told to their operators; started again: ` +
        `${all.told} told, ${all.counted} counted`,
    );
    const whole = all.told === all.given && all.counted === all.stored &&
      all.promises === 2 * all.stored && all.jobs >= all.promises;
    if (killed.stored < opened || all.stored !== killed.stored || !whole) {
      throw new Error(
        `An acknowledged ticket, or what follows from it, is not there: ${JSON.stringify(all)}`,
      );
    }
  } finally {
    await server.kill();
    await Deno.remove(folder, { recursive: true });
  }
}

if (PARTS.has("open")) await benchOpen();
if (PARTS.has("list")) await benchLists();
