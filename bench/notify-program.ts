/** The process that sends in bench/notify.ts: takes the database file, works until nothing is due, says "drained". */
import { createFileDatabase } from "../lib/adapters/db/file.ts";
import { createGuardedFetch } from "../lib/adapters/fetch/guarded.ts";
import { createMemoryLiveBus } from "../lib/adapters/live/memory.ts";
import { createNotifyProviders } from "../lib/adapters/notify/mod.ts";
import { createMemoryWaker } from "../lib/adapters/waker/memory.ts";
import { loadConfig } from "../lib/config.ts";
import { createContext } from "../lib/context.ts";
import { createRegistry } from "../lib/jobs/mod.ts";
import { systemActor } from "../lib/kernel/actors.ts";
import { systemClock } from "../lib/kernel/clock.ts";
import type { Ports } from "../lib/ports/mod.ts";
import { notificationHandlers } from "../workers/handlers/notifications.ts";
import { createRunner } from "../workers/runner.ts";

const [path = "", twilio = ""] = Deno.args;
const { config } = loadConfig({
  TWILIO_ACCOUNT_SID: "AC00000000000000000000000000000000",
  TWILIO_AUTH_TOKEN: "bench",
  TWILIO_FROM: "+15005550006",
  TWILIO_BASE_URL: twilio,
});

/** Only what notifications touch; anything else fails at once on undefined. */
function portsOf(given: Partial<Ports>): Ports {
  return given as Ports;
}

const database = await createFileDatabase({ path });
const waker = createMemoryWaker();
const guarded = createGuardedFetch();
const context = createContext({
  ports: portsOf({
    database,
    waker,
    clock: systemClock,
    live: createMemoryLiveBus(),
    log: { log: () => {}, request: () => {}, run: () => {}, flush: () => Promise.resolve() },
    notify: createNotifyProviders({ config, mailers: [], fetch, guarded, now: () => systemClock.now() }),
  }),
  config,
  actor: systemActor("bench"),
  workspaceId: null,
});
const runner = createRunner({
  context,
  worker: "owner",
  lanes: { interactive: 32, default: 16, bulk: 4, maintenance: 1 },
  registry: createRegistry(notificationHandlers),
});
waker.onWake((...wake) => runner.wake(...wake));
await runner.start();
await runner.idle();
await runner.stop(0);
await database.close();
Deno.stdout.writeSync(new TextEncoder().encode("drained\n"));
