/** Chooses the adapters of this machine by the settings. The server and the command line start from here. */
import { ROOT } from "#root";
import { join } from "node:path";
import { createFolderBackups, createOwnedBackups } from "./lib/adapters/backups/folder.ts";
import { createNoBackups } from "./lib/adapters/backups/none.ts";
import { createDiskBlobs } from "./lib/adapters/blobs/disk.ts";
import { createS3Blobs } from "./lib/adapters/blobs/s3.ts";
import { createCache } from "./lib/adapters/cache/mod.ts";
import type { FileDatabase } from "./lib/adapters/db/file.ts";
import { loadMigrations } from "./lib/adapters/db/migrations.ts";
import { openDatabase } from "./lib/adapters/db/open.ts";
import type { RemoteDatabase } from "./lib/adapters/db/remote.ts";
import { hasFile, prepareDataFolder, withSecrets } from "./lib/adapters/environment/data-folder.ts";
import { readEnvironment } from "./lib/adapters/environment/deno.ts";
import { holdFreePort } from "./lib/adapters/environment/process.ts";
import { createGuardedFetch } from "./lib/adapters/fetch/guarded.ts";
import { createIsolation } from "./lib/adapters/isolation/mod.ts";
import { createLiveBus } from "./lib/adapters/live/mod.ts";
import { createLlmTargets } from "./lib/adapters/llm/mod.ts";
import { createJsonLogger, type JsonLogger } from "./lib/adapters/log/json.ts";
import { createMailersInOrder } from "./lib/adapters/mail/in-order.ts";
import { createMailProviders } from "./lib/adapters/mail/providers.ts";
import { createSmtpMailer } from "./lib/adapters/mail/smtp.ts";
import { createNotifyProviders } from "./lib/adapters/notify/mod.ts";
import { createProcessReader } from "./lib/adapters/meter/deno.ts";
import { createWebMacs } from "./lib/adapters/macs/web.ts";
import { createMailParser } from "./lib/adapters/mail-parser/postal.ts";
import { createMemoryMeter } from "./lib/adapters/meter/memory.ts";
import { createPasswordHasher } from "./lib/adapters/passwords/scrypt.ts";
import { createRateLimiter } from "./lib/adapters/rate-limit/mod.ts";
import { createSecretBox } from "./lib/adapters/secrets/aes-gcm.ts";
import { writePdf } from "./lib/adapters/tables/pdf.ts";
import { writeXlsx } from "./lib/adapters/tables/xlsx.ts";
import { createTraces } from "./lib/adapters/traces/open-telemetry.ts";
import { createMemoryWaker, type MemoryWaker } from "./lib/adapters/waker/memory.ts";
import { createGraphFetch } from "./lib/adapters/whatsapp/deno-fetch.ts";
import { createWhatsAppGraph, type WhatsAppGraphOptions } from "./lib/adapters/whatsapp/graph.ts";
import { migrate } from "./db/migrate.ts";
import { createGates } from "./lib/ai/mod.ts";
import { type Config, loadConfig } from "./lib/config.ts";
import { createContext, type Ctx } from "./lib/context.ts";
import { FUNCTIONS } from "./lib/functions/mod.ts";
import { systemActor } from "./lib/kernel/actors.ts";
import { systemClock } from "./lib/kernel/clock.ts";
import type { Backups } from "./lib/ports/backups.ts";
import { catalogueOf } from "./lib/ports/functions.ts";
import type { Ports } from "./lib/ports/mod.ts";
import { VERSION } from "./lib/version.ts";

export interface HostOptions {
  /** Names this process in its log lines. */
  readonly service: "api" | "cli" | "worker";
  /** The server owns its database file; others go through the owner while it lives, a worker through nobody else. */
  readonly own?: boolean | "never";
  /** Log lines also to standard output. */
  readonly stdout?: boolean;
}

export interface Host {
  readonly config: Config;
  readonly warnings: readonly string[];
  readonly ports: Ports & { readonly waker: MemoryWaker; readonly log: JsonLogger };
  readonly database: FileDatabase | RemoteDatabase;
  /** The system, in no workspace. */
  readonly context: Ctx;
  /** Lets go of the port that PORT=0 chose, for the server to listen on. */
  releasePort(): void;
  close(): Promise<void>;
}

/** Settings, data folder and generated secrets. Throws ConfigError; `starts`: also for what a first start lacks. */
export async function loadHostConfig(
  { starts = false }: { starts?: boolean } = {},
): Promise<{ config: Config; warnings: readonly string[] }> {
  const { config, warnings } = loadConfig(readEnvironment(), starts ? { hasFile } : {});
  await prepareDataFolder(config.data.folder);
  return { config: await withSecrets(config), warnings };
}

/** Opens the database (migrated, unless another process owns it) and everything around it. */
export async function openHost({ service, own = false, stdout = false }: HostOptions): Promise<Host> {
  const { config: loaded, warnings } = await loadHostConfig({ starts: service === "api" });
  const { server } = loaded;
  const held = service === "api" && server.port === 0 ? holdFreePort(server.host) : null;
  const config = held === null ? loaded : { ...loaded, server: { ...server, port: held.port } };
  const { folder } = config.data;
  const log = createJsonLogger({
    level: config.server.logLevel,
    service,
    file: { path: join(folder, "logs", `${service === "api" ? "cauce" : service}.log`) },
    ...(stdout ? {} : { write: null }),
  });
  const onWarning = (message: string) => log.log("warn", message);
  const database = await openDatabase(config, folder, { own, onWarning });
  try {
    const backups = backupsOf(database, config);
    // Through an owner it is the owner that migrates, with its own release.
    if (config.database.kind === "remote" || database.kind === "file") await migrateHere(database, backups);
    const waker = createMemoryWaker();
    const traces = await createTraces();
    if (traces !== null) waker.onWake((_lane, jobIds) => traces.enqueued(jobIds));
    const graph = createGraphFetch();
    const smtp = config.mail.smtp === null
      ? null
      : createSmtpMailer({ ...config.mail.smtp, from: config.mail.from });
    const mailers = createMailProviders({ config, smtp, fetch });
    const guarded = createGuardedFetch();
    const ports = {
      database,
      clock: systemClock,
      log,
      meter: createMemoryMeter(createProcessReader()),
      cache: createCache({ clock: systemClock, folder: join(folder, "cache"), redis: config.redis }),
      limiter: createRateLimiter({ clock: systemClock, redis: config.redis }),
      waker,
      live: createLiveBus(config.redis),
      blobs: config.s3 === null ? createDiskBlobs(join(folder, "blobs")) : createS3Blobs(config.s3),
      backups,
      mail: createMailersInOrder(mailers),
      mailParser: createMailParser(),
      notify: createNotifyProviders({ config, mailers, fetch, guarded, now: () => systemClock.now() }),
      passwords: createPasswordHasher(),
      secrets: createSecretBox(config.identity.encryptionKeys ?? []),
      macs: createWebMacs(),
      fetch: guarded,
      functions: catalogueOf(FUNCTIONS),
      isolation: createIsolation({
        program: new URL("./workers/threads/child.ts", ROOT),
        root: ROOT,
        places: Math.max(2, navigator.hardwareConcurrency),
      }),
      llm: createGates(createLlmTargets(config.llm), systemClock),
      traces,
      tables: { xlsx: writeXlsx, pdf: writePdf },
      whatsapp: createWhatsAppGraph(graphOptions(config.graph), graph),
    };
    const context = createContext({ ports, config, actor: systemActor(service), workspaceId: null });
    if (own === true) await ports.live.start();
    const close = async () => {
      graph.close();
      await ports.isolation.close();
      await Promise.all([ports.cache.close(), ports.limiter.close(), ports.live.close()]);
      await database.close();
      await log.close();
    };
    return { config, warnings, ports, database, context, releasePort: () => held?.release(), close };
  } catch (thrown) {
    await database.close();
    await log.close();
    throw thrown;
  }
}

/** A Graph that is not Meta's (a proxy, a stand-in) serves its media itself. */
function graphOptions({ url, version }: Config["graph"]): WhatsAppGraphOptions {
  return { baseUrl: url, version, mediaHosts: [new URL(url).host] };
}

function backupsOf(database: FileDatabase | RemoteDatabase, config: Config): Backups {
  if (config.database.kind === "remote") return createNoBackups();
  const { folder } = config.data;
  if (database.kind === "remote") return createOwnedBackups({ folder: join(folder, "backups") });
  return createFolderBackups({
    folder: join(folder, "backups"),
    snapshot: (path) => database.vacuumInto(path),
    blobs: config.s3 === null ? join(folder, "blobs") : null,
    version: VERSION,
  });
}

async function migrateHere(database: FileDatabase | RemoteDatabase, backups: Backups): Promise<void> {
  await migrate(database, {
    migrations: await loadMigrations(),
    beforeApply: async () => {
      if (backups.configured) await backups.create({ reason: "migration", at: systemClock.now() });
    },
  });
}
