/**
 * Notifications to many: one call fanned out to a provider on loopback that can't tell a repetition, every delivery
 * with its try and its state on disk; then the same with the sending process killed in the middle.
 * Run: deno task bench:notify [count]
 */
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { migrate } from "../db/migrate.ts";
import { createFileDatabase } from "../lib/adapters/db/file.ts";
import { loadMigrations } from "../lib/adapters/db/migrations.ts";
import { createGuardedFetch } from "../lib/adapters/fetch/guarded.ts";
import { createMemoryLiveBus } from "../lib/adapters/live/memory.ts";
import { createNotifyProviders } from "../lib/adapters/notify/mod.ts";
import { createMemoryWaker } from "../lib/adapters/waker/memory.ts";
import { loadConfig } from "../lib/config.ts";
import { createContext } from "../lib/context.ts";
import { systemActor } from "../lib/kernel/actors.ts";
import { systemClock } from "../lib/kernel/clock.ts";
import { type BulkView, getBulk, sendBulk } from "../lib/notifications/mod.ts";
import type { Ports } from "../lib/ports/mod.ts";
import { round, sleep } from "./measure.ts";

export interface NotifyRun {
  readonly count: number;
  /** Kills the sending process once so many were told; null: never. */
  readonly killAt: number | null;
}

export interface NotifyResult {
  readonly acceptMs: number;
  readonly perSecond: number;
  readonly bulk: BulkView;
  readonly provider: Seen;
}

interface Seen {
  readonly requests: number;
  readonly numbers: number;
  readonly twice: number;
}

/** Only what the call touches; anything else fails at once on undefined. */
function portsOf(given: Partial<Ports>): Ports {
  return given as Ports;
}

/** A child process of ours; resolves to its first line once it said one. */
function start(program: string, args: readonly string[]) {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-prompt", "--no-check", file, ...args],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  return {
    line: async () => ((await reader.read()).value ?? "").trim(),
    async end(signal: "SIGKILL" | "SIGTERM" | null = null) {
      if (signal !== null) child.kill(signal);
      await reader.cancel();
      await child.status;
    },
  };
}

export async function runNotify({ count, killAt }: NotifyRun): Promise<NotifyResult> {
  const folder = await Deno.makeTempDir({ prefix: "cauce-bench-" });
  const path = join(folder, "cauce.db");
  const provider = start("./notify-provider.ts", []);
  const origin = await provider.line();
  const seen = async (): Promise<Seen> => await (await fetch(origin)).json();
  const { config } = loadConfig({
    TWILIO_ACCOUNT_SID: "AC00000000000000000000000000000000",
    TWILIO_AUTH_TOKEN: "bench",
    TWILIO_FROM: "+15005550006",
    TWILIO_BASE_URL: origin,
  });
  const open = async () => {
    const database = await createFileDatabase({ path });
    const guarded = createGuardedFetch();
    const system = createContext({
      ports: portsOf({
        database,
        waker: createMemoryWaker(),
        clock: systemClock,
        live: createMemoryLiveBus(),
        notify: createNotifyProviders({ config, mailers: [], fetch, guarded, now: () => systemClock.now() }),
      }),
      config,
      actor: systemActor("bench"),
      workspaceId: "wsp_bench",
    });
    return { database, system };
  };
  try {
    const { database, system } = await open();
    await migrate(database, { migrations: await loadMigrations() });
    const recipients = Array.from({ length: count }, (_, at) => ({ recipient: `+5255${10_000_000 + at}` }));
    const from = performance.now();
    const { id } = await sendBulk(system, { channel: "sms", recipients, message: "Cerramos el lunes." });
    const acceptMs = performance.now() - from;
    await database.close();

    let lost = 0;
    const began = performance.now();
    if (killAt !== null) {
      const first = start("./notify-program.ts", [path, origin]);
      while ((await seen()).requests < killAt) await sleep(5);
      await first.end("SIGKILL");
      lost = performance.now() - began;
    }
    const sender = start("./notify-program.ts", [path, origin]);
    await sender.line();
    const tookMs = performance.now() - began - lost;
    await sender.end();
    const after = await open();
    const bulk = await getBulk(after.system, id);
    await after.database.close();
    return { acceptMs, perSecond: count / tookMs * 1000, bulk, provider: await seen() };
  } finally {
    await provider.end("SIGTERM");
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const count = Number(Deno.args[0] ?? 100_000);
  const whole = await runNotify({ count, killAt: null });
  const killed = await runNotify({ count, killAt: Math.floor(count / 3) });
  const row = ({ acceptMs, perSecond, bulk, provider }: NotifyResult) => ({
    accepted_ms: round(acceptMs),
    per_second: Math.round(perSecond),
    ...bulk.states,
    told: provider.numbers,
    twice: provider.twice,
  });
  // deno-lint-ignore no-console -- a benchmark's result
  console.table({ whole: row(whole), killed: row(killed) });
}
