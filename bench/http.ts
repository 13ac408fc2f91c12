/**
 * `deno task bench:http`: authenticated GET /api/auth/me of the product beside a bare Hono hello on the same Deno,
 * Express on Node with like work, and FastAPI where Debian's packages are there. Load by wrk: 1 thread, 64
 * connections, rounds that alternate so that noise hits all alike; the median counts. wrk itself is the limit of the
 * bare hello, so beside the rate stands what a request costs the serving thread, which other load on the machine
 * disturbs less.
 */
import { join } from "node:path";
import { say } from "../cli/output.ts";
import { ADMIN_PASSWORD, signIn } from "../tests/support/server.ts";
import { buildServer, START_ENV, START_FLAGS } from "../tools/build-server.ts";
import { setupSystem } from "../tools/setup-system.ts";

const SECONDS = Number(Deno.env.get("BENCH_SECONDS") ?? "4");
const ROUNDS = 5;

interface Peer {
  readonly name: string;
  readonly url: string;
  readonly token: string | null;
  readonly pid: number;
  stop(): Promise<void>;
}

interface Round {
  readonly rate: number;
  /** CPU time of the serving thread, microseconds a request. */
  readonly cpuUs: number;
}

/** On the CPU so far, in microseconds: the first thread of a process, by the kernel's own count. */
async function cpuUs(pid: number): Promise<number> {
  const [nanoseconds = ""] = (await Deno.readTextFile(`/proc/${pid}/task/${pid}/schedstat`)).split(" ");
  return Number(nanoseconds) / 1000;
}

async function wrk({ url, token, pid }: Peer): Promise<Round> {
  const headers = token === null ? [] : ["-H", `authorization: Bearer ${token}`];
  const before = await cpuUs(pid);
  const { stdout } = await new Deno.Command("wrk", {
    args: ["-t1", "-c64", `-d${SECONDS}s`, ...headers, url],
    stdout: "piped",
  }).output();
  const text = new TextDecoder().decode(stdout);
  if (/Non-2xx/.test(text)) throw new Error(`${url} answered errors:\n${text}`);
  const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1] ?? "0");
  const requests = Number(/(\d+) requests in/.exec(text)?.[1] ?? "0");
  return { rate, cpuUs: (await cpuUs(pid) - before) / requests };
}

async function spawned(
  name: string,
  { command, args, url, cwd, env = {} }: {
    command: string;
    args: string[];
    url: string;
    cwd?: string;
    env?: Record<string, string>;
  },
): Promise<Peer> {
  const child = new Deno.Command(command, {
    args,
    env,
    stdout: "null",
    stderr: "null",
    ...(cwd === undefined ? {} : { cwd }),
  }).spawn();
  for (let i = 0; i < 200; i++) {
    const up = await fetch(url).then(
      (response) => response.body?.cancel().then(() => true) ?? true,
      () => false,
    );
    if (up) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    name,
    url,
    token: null,
    pid: child.pid,
    async stop() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

const folder = new URL("./peers/", import.meta.url).pathname;

/** The product as `start` runs it. Its log goes to the file as always; standard output is nobody's here, as the peers' is. */
async function cauce(): Promise<Peer> {
  const data = await Deno.makeTempDir({ prefix: "cauce-bench-" });
  const url = "http://127.0.0.1:8794";
  const peer = await spawned("Cauce GET /api/auth/me", {
    command: Deno.execPath(),
    args: ["run", "-P=work", ...START_FLAGS, await buildServer("main")],
    cwd: new URL("..", import.meta.url).pathname,
    url: `${url}/health`,
    env: {
      ...START_ENV,
      PORT: "8794",
      CAUCE_DATA: data,
      ADMIN_PASSWORD,
      RATE_LIMIT_ADDRESS: "1000000000",
      RATE_LIMIT_ACTOR: "1000000000",
    },
  });
  const stop = () => peer.stop().then(() => Deno.remove(data, { recursive: true }));
  return { ...peer, url: `${url}/api/auth/me`, token: await signIn(url), stop };
}

const bare = () =>
  spawned("bare Hono hello", {
    command: Deno.execPath(),
    args: [
      "run",
      "-A",
      "--config",
      new URL("../deno.json", import.meta.url).pathname,
      join(folder, "bare-hono.ts"),
      "8791",
    ],
    url: "http://127.0.0.1:8791/hello",
  });

/** Express with an HMAC-verified token, one SQLite read and a JSON log line; installed from npm into a temp folder. */
async function express(): Promise<Peer | null> {
  const home = await Deno.makeTempDir({ prefix: "cauce-express-" });
  await Deno.copyFile(join(folder, "express.cjs"), join(home, "express.cjs"));
  await Deno.writeTextFile(join(home, "package.json"), '{"private":true}');
  const install = await new Deno.Command("npm", {
    args: [
      "install",
      "--silent",
      "--no-audit",
      "--no-fund",
      "express@5.3.0",
      "better-sqlite3@11.10.0",
      "jsonwebtoken@9.0.2",
    ],
    cwd: home,
    stdout: "null",
    stderr: "null",
  }).output().catch(() => null);
  if (install?.success !== true) return null;
  const peer = await spawned("Express, like work", {
    command: "node",
    args: ["express.cjs", "8792"],
    url: "http://127.0.0.1:8792/token",
    cwd: home,
  });
  const token = await fetch(peer.url).then((response) => response.text());
  return { ...peer, url: "http://127.0.0.1:8792/api/auth/me", token };
}

const PYTHON = "/usr/lib/python3/dist-packages";
/** uvloop and httptools are what uvicorn is fast with. */
const FASTAPI = {
  "python3-fastapi": `${PYTHON}/fastapi/__init__.py`,
  "python3-uvicorn": `${PYTHON}/uvicorn/__init__.py`,
  "python3-uvloop": `${PYTHON}/uvloop/__init__.py`,
  "python3-httptools": `${PYTHON}/httptools/__init__.py`,
} as const;

async function fastapi(): Promise<Peer | null> {
  if ((await setupSystem(FASTAPI, "FastAPI is left out")).length > 0) return null;
  const peer = await spawned("FastAPI, like work", {
    command: "/usr/bin/python3",
    args: [join(folder, "fastapi_me.py"), "8793"],
    url: "http://127.0.0.1:8793/token",
  });
  const token = await fetch(peer.url).then((response) => response.text());
  return { ...peer, url: "http://127.0.0.1:8793/api/auth/me", token };
}

const WRK = { wrk: "/usr/bin/wrk" } as const;
if ((await setupSystem(WRK, "Nothing can be measured")).length > 0) Deno.exit(1);

const peers = (await Promise.all([bare(), cauce(), express(), fastapi()])).filter((peer) => peer !== null);
const rounds = new Map<string, Round[]>(peers.map(({ name }) => [name, []]));
try {
  for (let round = 0; round < ROUNDS; round++) {
    for (const peer of peers) rounds.get(peer.name)?.push(await wrk(peer));
  }
} finally {
  for (const peer of peers) await peer.stop();
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const base = rounds.get("bare Hono hello") ?? [];
for (const [name, own] of rounds) {
  const rate = Math.round(median(own.map((round) => round.rate))).toString().padStart(7);
  const cpu = median(own.map((round) => round.cpuUs)).toFixed(1).padStart(6);
  // Of rounds side by side: noise that lasts longer than one hits both.
  const ratio = median(own.map((round, i) => round.rate / (base[i]?.rate ?? Infinity))).toFixed(2);
  say(`${name.padEnd(28)} ${rate} req/s   ${ratio} of bare Hono   ${cpu} us of CPU a request`);
}
