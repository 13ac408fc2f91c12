/** `deno task start`: settings, ports, the app on a socket, and the lanes that work in this process. */
import { ROOT } from "#root";
import { type Host, openHost } from "./compose.ts";
import { createDiskAssets } from "./lib/adapters/assets/disk.ts";
import { serveHrana } from "./lib/adapters/db/hrana-server.ts";
import { removeOwnerFile, writeOwnerFile } from "./lib/adapters/db/owner.ts";
import { readUsage } from "./lib/adapters/meter/deno.ts";
import {
  listening,
  onStopSignal,
  printBanner,
  printCredentials,
  printProblem,
  writePid,
} from "./lib/adapters/environment/process.ts";
import { surviveStrays } from "./lib/adapters/environment/strays.ts";
import { SEND_BYTES, serve } from "./lib/adapters/http/serve.ts";
import { openImap } from "./lib/adapters/mailbox/imap.ts";
import { createQstashVerifier } from "./lib/adapters/waker/qstash-verifier.ts";
import { flushKeyUse } from "./lib/identity/mod.ts";
import { createRegistry } from "./lib/jobs/mod.ts";
import { MINUTE, SECOND } from "./lib/kernel/clock.ts";
import { LANES } from "./lib/kernel/define-job.ts";
import { newSecret } from "./lib/kernel/ids.ts";
import { MAIL_LIMITS, mailboxAccount, mailboxTokens } from "./lib/mail-in/mod.ts";
import { isFlooded } from "./lib/messaging/mod.ts";
import { type FirstStart, prepareFirstStart } from "./lib/setup/mod.ts";
import { createApp } from "./routes/app.ts";
import { handlers } from "./workers/registry.ts";
import { consumers } from "./workers/consumers.ts";
import { readLanes } from "./workers/lanes.ts";
import { createMailboxReader } from "./workers/mailbox.ts";
import { createPump } from "./workers/pump.ts";
import { schedules } from "./workers/schedules.ts";
import { createWork } from "./workers/work.ts";

const GRACE_MS = 20_000;

async function start(): Promise<void> {
  const host = await openHost({ service: "api", own: true, stdout: true });
  surviveStrays(() => host.ports);
  const firstStart = await prepareFirstStart(host.context);
  await run(host, firstStart).catch((thrown) => {
    printCredentials({ host, firstStart });
    throw thrown;
  });
}

async function run(host: Host, firstStart: FirstStart): Promise<void> {
  const { config, ports, database, context } = host;
  const { folder } = config.data;

  const registry = createRegistry(handlers);
  const owns = database.kind === "file";
  const work = createWork({
    context,
    registry,
    lanes: readLanes(config.work.lanes, { otherwise: LANES }),
    schedules,
    crowded: () => isFlooded(ports),
    host: Deno.hostname(),
    pid: Deno.pid,
    usage: readUsage,
    // Of a file there is one owner, whom nobody watches while it is alone; a remote database may have other servers,
    // whose jobs are not ours to take back.
    ...(owns ? { worker: "owner", beatMs: MINUTE } : {}),
  });
  const { runner } = work;
  ports.waker.onWake((lane, jobIds, dueAt) => runner.wake(lane, jobIds, dueAt));
  database.onForeignCommit(() => ports.live.pulse(null));
  // A remote database does not tell of what other servers and workers commit: whoever listens looks each second.
  const look = () => void (ports.live.subscribers > 0 && ports.live.pulse(null));
  const looking = database.kind === "remote" ? setInterval(look, SECOND) : undefined;

  const stopping = new AbortController();
  const assets = createDiskAssets({
    folder: new URL("./web/", ROOT),
    watch: config.env === "development",
  });
  const callbacks = config.qstash === null ? null : createQstashVerifier(config.qstash);
  const calls = { callbacks, registry, schedules };
  const app = createApp({
    ports,
    config,
    assets,
    shutdown: stopping.signal,
    sendBytes: SEND_BYTES,
    ...calls,
  });
  const server = listening(config.server, () => {
    host.releasePort();
    return serve({
      hostname: config.server.host,
      port: config.server.port,
      fetch: (request, connection) => app.fetch(request, connection),
      onError: (error) => ports.log.log("error", "the server failed", { error }),
    });
  });
  const hrana = owns ? await openHrana() : null;
  const pid = await writePid(folder);
  const keyUse = setInterval(() => void flushKeyUse(context).catch(() => {}), MINUTE);
  await work.start();
  const pump = createPump({ context, consumers });
  pump.start();
  const mailboxes = config.mailIn.mailboxes.map(openMailbox);
  for (const mailbox of mailboxes) mailbox.start();

  function openMailbox(imap: typeof config.mailIn.mailboxes[number]) {
    const kept = mailboxTokens(context, imap);
    return createMailboxReader({
      context,
      mailbox: openImap(imap, { maxBytes: MAIL_LIMITS.bytes, fetch, now: () => context.now(), kept }),
      account: mailboxAccount(imap),
      // The owner of a file is one, and goes on at once where it was killed.
      holder: owns ? "owner" : runner.worker,
    });
  }

  async function openHrana() {
    if (database.kind !== "file") return null;
    const token = newSecret();
    const endpoint = serveHrana(database, { token });
    await writeOwnerFile(folder, { url: endpoint.url, token });
    return endpoint;
  }

  onStopSignal(async () => {
    stopping.abort();
    clearInterval(keyUse);
    clearInterval(looking);
    await Promise.all([
      server.shutdown(GRACE_MS),
      work.stop(GRACE_MS),
      pump.stop(),
      ...mailboxes.map((mailbox) => mailbox.stop()),
      hrana?.shutdown(),
      removeOwnerFile(folder),
    ]);
    await flushKeyUse(context).catch(() => {});
    await pid.remove();
    await host.close();
  });
  // Last: whoever reads the pid may signal it at once.
  printBanner({ server, host, firstStart });
}

await start().catch(printProblem);
