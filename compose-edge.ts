/** Chooses the adapters of an edge runtime: nothing here needs more than fetch, WebCrypto and `node:crypto`. */
import { createAbsentAssets } from "./lib/adapters/assets/absent.ts";
import { createNoBackups } from "./lib/adapters/backups/none.ts";
import { createAbsentBlobs } from "./lib/adapters/blobs/absent.ts";
import { createS3Blobs } from "./lib/adapters/blobs/s3.ts";
import { createIsolateCache } from "./lib/adapters/cache/isolate.ts";
import { createRemoteDatabase } from "./lib/adapters/db/remote.ts";
import { createIsolateFetch } from "./lib/adapters/fetch/isolate.ts";
import { defer } from "./lib/adapters/environment/isolate.ts";
import { createPollingLiveBus } from "./lib/adapters/live/polling.ts";
import { createLlmTargets } from "./lib/adapters/llm/mod.ts";
import { createConsoleLogger } from "./lib/adapters/log/console.ts";
import { createAbsentMailer } from "./lib/adapters/mail/absent.ts";
import { createMailersInOrder } from "./lib/adapters/mail/in-order.ts";
import { createIsolateReader } from "./lib/adapters/meter/isolate.ts";
import { createMailProviders } from "./lib/adapters/mail/providers.ts";
import { createMailParser } from "./lib/adapters/mail-parser/postal.ts";
import { createMemoryMeter } from "./lib/adapters/meter/memory.ts";
import { createNotifyProviders } from "./lib/adapters/notify/mod.ts";
import { createIsolateHasher } from "./lib/adapters/passwords/isolate.ts";
import { createLeasedRateLimiter } from "./lib/adapters/rate-limit/leased.ts";
import { createMemoryRateLimiter } from "./lib/adapters/rate-limit/memory.ts";
import { createRedisLink } from "./lib/adapters/redis/link.ts";
import { connectUpstash } from "./lib/adapters/redis/upstash.ts";
import { createSecretBox } from "./lib/adapters/secrets/aes-gcm.ts";
import { createWebMacs } from "./lib/adapters/macs/web.ts";
import { createMemoryWaker } from "./lib/adapters/waker/memory.ts";
import { createQstashVerifier } from "./lib/adapters/waker/qstash-verifier.ts";
import { createQstashWaker } from "./lib/adapters/waker/qstash.ts";
import { refusePdf } from "./lib/adapters/tables/no-pdf.ts";
import { writeXlsx } from "./lib/adapters/tables/xlsx.ts";
import { createWhatsAppGraph } from "./lib/adapters/whatsapp/graph.ts";
import { createGates } from "./lib/ai/mod.ts";
import { type Config, ConfigError, loadConfig } from "./lib/config.ts";
import { createContext, type Ctx } from "./lib/context.ts";
import { FUNCTIONS } from "./lib/functions/mod.ts";
import { systemActor } from "./lib/kernel/actors.ts";
import { systemClock } from "./lib/kernel/clock.ts";
import { messageOf } from "./lib/kernel/errors.ts";
import type { Assets } from "./lib/ports/assets.ts";
import type { CallbackVerifier } from "./lib/ports/callbacks.ts";
import { catalogueOf } from "./lib/ports/functions.ts";
import type { Ports } from "./lib/ports/mod.ts";

export interface EdgeHost {
  readonly config: Config;
  readonly ports: Ports;
  readonly assets: Assets;
  /** Proves QStash's callbacks; null: it is not configured. */
  readonly callbacks: CallbackVerifier | null;
  /** The system, in no workspace. */
  readonly context: Ctx;
}

/** Everything around the app, out of the platform's variables and secrets. Throws ConfigError. */
export function openEdgeHost(environment: Readonly<Record<string, string | undefined>>): EdgeHost {
  const { config } = loadConfig(environment);
  const { database, redis, identity } = edgeSettings(config);
  // As a method of another object the runtime's fetch would refuse to be called.
  const fetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init);
  const { url, version } = config.graph;
  const log = createConsoleLogger({ level: config.server.logLevel, service: "edge" });
  // What the mail server alone may send waits for a server on the same database.
  const smtp = config.mail.providers.every((name) => name === "smtp") ? createAbsentMailer() : null;
  const mailers = createMailProviders({ config, smtp, fetch });
  const guarded = createIsolateFetch({ fetch });
  const ports: Ports = {
    database: createRemoteDatabase({ ...database, fetch }),
    clock: systemClock,
    log,
    meter: createMemoryMeter(createIsolateReader(Date.now())),
    cache: createIsolateCache({ clock: systemClock, redis, fetch }),
    limiter: redis === null ? createMemoryRateLimiter(systemClock) : createLeasedRateLimiter({
      clock: systemClock,
      link: createRedisLink({
        connect: () => Promise.resolve(connectUpstash(redis, { fetch })),
        timeoutMs: 1500,
      }),
      keep: defer,
    }),
    waker: config.qstash === null ? createMemoryWaker() : createQstashWaker({
      ...config.qstash,
      clock: systemClock,
      keep: defer,
      onFailure: (error, jobIds) =>
        log.log("warn", "QStash was not reached: the jobs wait for a sweep", {
          error: messageOf(error),
          jobs: jobIds.length,
        }),
    }),
    live: createPollingLiveBus(),
    blobs: config.s3 === null ? createAbsentBlobs() : createS3Blobs(config.s3, { fetch }),
    backups: createNoBackups(),
    mail: createMailersInOrder(mailers),
    mailParser: createMailParser(),
    notify: createNotifyProviders({ config, mailers, fetch, guarded, now: () => systemClock.now() }),
    passwords: createIsolateHasher(),
    secrets: createSecretBox(identity.encryptionKeys),
    macs: createWebMacs(),
    fetch: guarded,
    functions: catalogueOf(FUNCTIONS),
    isolation: null,
    traces: null,
    llm: createGates(createLlmTargets(config.llm, { fetch }), systemClock),
    tables: { xlsx: writeXlsx, pdf: refusePdf },
    whatsapp: createWhatsAppGraph({ baseUrl: url, version, mediaHosts: [new URL(url).host] }, { fetch }),
  };
  const context = createContext({ ports, config, actor: systemActor("edge"), workspaceId: null });
  const callbacks = config.qstash === null ? null : createQstashVerifier(config.qstash);
  return { config, ports, assets: createAbsentAssets(), callbacks, context };
}

/** What must be set where nothing can be generated or kept. Throws ConfigError with every problem. */
function edgeSettings({ database, redis, identity: { jwtSecrets, encryptionKeys } }: Config) {
  const problems: string[] = [];
  if (database.kind === "file") problems.push("DATABASE_URL: must be libsql:// or https:// at the edge");
  if (jwtSecrets === null) problems.push("JWT_SECRET: must be set at the edge");
  if (encryptionKeys === null) problems.push("ENCRYPTION_KEY: must be set at the edge");
  if (redis !== null && "url" in redis) {
    problems.push("REDIS_URL: needs sockets; at the edge use UPSTASH_REDIS_REST_URL");
  }
  if (
    problems.length > 0 || database.kind === "file" || encryptionKeys === null ||
    (redis !== null && "url" in redis)
  ) throw new ConfigError(problems);
  return { database, redis, identity: { encryptionKeys } };
}
