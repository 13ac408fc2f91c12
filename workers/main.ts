/** `deno task worker --lanes cpu,io`: runs jobs of the given lanes, of the server on this machine or of a remote database. */
import { type Host, loadHostConfig, openHost } from "../compose.ts";
import { readOwnerFile } from "../lib/adapters/db/owner.ts";
import { onStopSignal, printLine, printProblem } from "../lib/adapters/environment/process.ts";
import { surviveStrays } from "../lib/adapters/environment/strays.ts";
import { readUsage } from "../lib/adapters/meter/deno.ts";
import { createRegistry } from "../lib/jobs/mod.ts";
import { messageOf } from "../lib/kernel/errors.ts";
import { SECOND } from "../lib/kernel/clock.ts";
import { type Lanes, readLanes } from "./lanes.ts";
import { handlers } from "./registry.ts";
import { createWork } from "./work.ts";

const GRACE_MS = 20_000;
/** Nobody wakes a worker: it looks for work so often. */
const LOOK_MS = { owner: 100, remote: SECOND } as const;

/** One life with one owner of the database. Resolves to how to end it. */
async function live(host: Host, lanes: Lanes, sweepMs: number) {
  const { context, ports } = host;
  const work = createWork({
    context,
    registry: createRegistry(handlers),
    lanes,
    sweepMs,
    host: Deno.hostname(),
    pid: Deno.pid,
    usage: readUsage,
  });
  const { runner } = work;
  ports.waker.onWake((lane, jobIds, dueAt) => runner.wake(lane, jobIds, dueAt));
  try {
    await work.start();
  } catch (error) {
    await host.close();
    throw error;
  }
  printLine(`${runner.worker} runs ${Object.keys(runner.lanes).join(", ")} (pid ${Deno.pid})`);
  return async (graceMs: number) => {
    await work.stop(graceMs);
    await host.close();
  };
}

async function start(): Promise<void> {
  const at = Deno.args.findIndex((arg) => arg.startsWith("--lanes"));
  const flag = Deno.args[at];
  const lanes = readLanes(at < 0 ? null : flag?.split("=").slice(1).join("=") || (Deno.args[at + 1] ?? ""));
  const { config } = await loadHostConfig();
  const { folder } = config.data;
  const throughOwner = config.database.kind === "file";
  let end: ((graceMs: number) => Promise<void>) | null = null;
  let stopping = false;
  let ports: Host["ports"] | null = null;
  surviveStrays(() => ports);
  onStopSignal(async () => {
    stopping = true;
    await end?.(GRACE_MS);
  });
  while (!stopping) {
    const owner = await readOwnerFile(folder);
    let host: Host;
    try {
      host = await openHost({ service: "worker", own: "never", stdout: true });
      ports = host.ports;
      end = await live(host, lanes, throughOwner ? LOOK_MS.owner : LOOK_MS.remote);
    } catch (error) {
      ports = null;
      if (!throughOwner) throw error;
      printLine(`Waiting for the server: ${messageOf(error)}`);
      await new Promise((resolve) => setTimeout(resolve, SECOND));
      continue;
    }
    // A new owner has another address: what is held here is given to others as a silent worker's.
    const same = async () =>
      !throughOwner ||
      ((await readOwnerFile(folder))?.url === owner?.url &&
        await host.database.ping().then(() => true, () => false));
    do await new Promise((resolve) => setTimeout(resolve, SECOND)); while (!stopping && await same());
    if (stopping) return;
    printLine("The server has gone or is another one: starting anew");
    await end(0).catch(() => {});
    end = null;
    ports = null;
  }
}

await start().catch(printProblem);
