import { memberships, sessions, users, workspaces } from "../../db/schema/identity.ts";
import { createNoBackups } from "../../lib/adapters/backups/none.ts";
import { createMemoryLiveBus } from "../../lib/adapters/live/memory.ts";
import { createMailParser } from "../../lib/adapters/mail-parser/postal.ts";
import { createMemoryMeter } from "../../lib/adapters/meter/memory.ts";
import { createMemoryRateLimiter } from "../../lib/adapters/rate-limit/memory.ts";
import { createMailProviders } from "../../lib/adapters/mail/providers.ts";
import { createNotifyProviders } from "../../lib/adapters/notify/mod.ts";
import { createSecretBox } from "../../lib/adapters/secrets/aes-gcm.ts";
import { refusePdf } from "../../lib/adapters/tables/no-pdf.ts";
import { writeXlsx } from "../../lib/adapters/tables/xlsx.ts";
import { createWebMacs } from "../../lib/adapters/macs/web.ts";
import { createMemoryWaker, type MemoryWaker } from "../../lib/adapters/waker/memory.ts";
import { createWhatsAppGraph } from "../../lib/adapters/whatsapp/graph.ts";
import { type Config, loadConfig } from "../../lib/config.ts";
import { createContext, type Ctx } from "../../lib/context.ts";
import { ALL_SCOPES, type Role, ROLES } from "../../lib/kernel/scopes.ts";
import { systemActor } from "../../lib/kernel/actors.ts";
import { newId } from "../../lib/kernel/ids.ts";
import { signToken } from "../../lib/identity/tokens.ts";
import { DAY } from "../../lib/kernel/clock.ts";
import { FUNCTIONS } from "../../lib/functions/mod.ts";
import { catalogueOf } from "../../lib/ports/functions.ts";
import type { GuardedFetch } from "../../lib/ports/fetch.ts";
import type { Ports } from "../../lib/ports/mod.ts";
import { type App, type AppOptions, createApp } from "../../routes/app.ts";
import { openTestDatabase, type TestDatabase } from "./database.ts";
import {
  type CapturedLog,
  type CountingHasher,
  createCapturedLog,
  createCountingHasher,
  createMapCache,
  createMemoryBlobs,
  createOutbox,
  createTestClock,
  type Outbox,
  type TestClock,
} from "./ports.ts";

export const TEST_KEY = btoa("k".repeat(32));

export interface TestPorts extends Ports {
  readonly clock: TestClock;
  readonly log: CapturedLog;
  readonly mail: Outbox;
  readonly passwords: CountingHasher;
  readonly waker: MemoryWaker;
  readonly database: TestDatabase["database"];
}

/** A signed-in person (or key) of a workspace of its own. */
export interface Person {
  readonly ctx: Ctx;
  readonly token: string;
  readonly userId: string;
  readonly workspaceId: string;
}

export interface Call {
  readonly token?: string | undefined;
  /** Sent as JSON unless it is a string, FormData or bytes. */
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly address?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON, or the text. */
  // deno-lint-ignore no-explicit-any -- tests read whatever shape the route promises and assert on it
  readonly body: any;
}

export interface Harness {
  readonly ports: TestPorts;
  readonly config: Config;
  readonly app: App;
  readonly clock: TestClock;
  readonly folder: string;
  /** A system context in no workspace. */
  readonly system: Ctx;
  /** A new user of `role`, in a new workspace unless one is named. */
  person(options?: { role?: Role; workspaceId?: string; platformAdmin?: boolean }): Promise<Person>;
  request(method: string, path: string, call?: Call): Promise<Answer>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface HarnessOptions {
  /** Settings as in the environment. */
  readonly env?: Record<string, string>;
  readonly ports?: Partial<Ports>;
  readonly app?: Partial<AppOptions>;
}

/** A whole Cauce for one test: its own database file, fakes for the outside, a clock that stands still. */
export async function harness(options: HarnessOptions = {}): Promise<Harness> {
  const { config } = loadConfig({
    JWT_SECRET: "test-secret-".repeat(4),
    ENCRYPTION_KEY: TEST_KEY,
    // The outbox stands for it.
    ...(options.ports?.mail?.configured === false ? {} : { SMTP_HOST: "127.0.0.1" }),
    ...options.env,
  });
  const opened = await openTestDatabase();
  const clock = createTestClock();
  const mail = createOutbox();
  const guarded: GuardedFetch = options.ports?.fetch ??
    Object.assign(() => Promise.reject(new Error("no address may be called here")), {
      check: () => Promise.resolve(),
    });
  const fakes: TestPorts = {
    clock,
    database: opened.database,
    log: createCapturedLog(),
    meter: createMemoryMeter(() => ({
      uptime_s: 1,
      rss_bytes: 1,
      heap_used_bytes: 1,
      cpu_cores: 1,
      load_average: null,
    })),
    cache: createMapCache(),
    limiter: createMemoryRateLimiter(clock),
    waker: createMemoryWaker(),
    live: createMemoryLiveBus(),
    blobs: createMemoryBlobs(() => clock.now()),
    backups: createNoBackups(),
    mail,
    mailParser: createMailParser(),
    notify: createNotifyProviders({
      config,
      mailers: createMailProviders({ config, smtp: options.ports?.mail ?? mail, fetch }),
      fetch,
      guarded,
      now: () => clock.now(),
    }),
    passwords: createCountingHasher(),
    secrets: createSecretBox([TEST_KEY]),
    macs: createWebMacs(),
    fetch: guarded,
    functions: catalogueOf(FUNCTIONS),
    isolation: null,
    traces: null,
    llm: [],
    tables: { xlsx: writeXlsx, pdf: refusePdf },
    // Nothing is called unless a test sets WHATSAPP_GRAPH_URL to its fake.
    whatsapp: createWhatsAppGraph({
      baseUrl: options.env?.["WHATSAPP_GRAPH_URL"] ?? "http://127.0.0.1:9",
      version: config.graph.version,
      mediaHosts: [new URL(config.graph.url).host],
      timeoutMs: 20_000,
    }, { fetch }),
  };
  const ports = Object.assign(fakes, options.ports ?? {});
  const app = createApp({ ports, config, ...options.app });
  const system = createContext({ ports, config, actor: systemActor("test"), workspaceId: null });

  return {
    ports,
    config,
    app,
    clock,
    folder: opened.folder,
    system,
    person: (wanted = {}) => createPerson({ ports, config, system }, wanted),
    request: (method, path, call = {}) => request(app, { method, path, ...call }),
    async [Symbol.asyncDispose]() {
      await ports.cache.close();
      await opened[Symbol.asyncDispose]();
    },
  };
}

interface World {
  readonly ports: TestPorts;
  readonly config: Config;
  readonly system: Ctx;
}

async function createPerson(
  { ports, config, system }: World,
  { role = "owner", workspaceId, platformAdmin = false }: {
    role?: Role;
    workspaceId?: string;
    platformAdmin?: boolean;
  },
): Promise<Person> {
  const userId = newId("user");
  const sessionId = newId("session");
  const home = workspaceId ?? newId("workspace");
  const createdAt = ports.clock.now();
  await system.transact(async (tx) => {
    if (workspaceId === undefined) {
      await tx.db.insert(workspaces).values({
        id: home,
        name: `Workspace of ${userId}`,
        slug: home,
        createdAt,
      });
    }
    await tx.db.insert(users).values({
      id: userId,
      email: `${userId}@example.com`,
      username: userId,
      name: "Test Person",
      passwordHash: null,
      platformAdmin,
      createdAt,
    });
    await tx.db.insert(sessions).values({
      id: sessionId,
      userId,
      workspaceId: home,
      seed: sessionId,
      rotatedAt: [],
      createdAt,
      lastUsedAt: createdAt,
      expiresAt: createdAt + 30 * DAY,
    });
    await tx.db.insert(memberships).values({
      id: newId("membership"),
      workspaceId: home,
      userId,
      role,
      createdAt,
    });
  });
  const actor = {
    kind: "user",
    id: userId,
    role,
    scopes: platformAdmin ? ALL_SCOPES : ROLES[role],
    sessionId,
    platformAdmin,
  } as const;
  const ctx = createContext({ ports, config, actor, workspaceId: home });
  const claims = { kind: "user", userId, sessionId, workspaceId: home, epoch: 0 } as const;
  const token = await signToken(config, { claims, now: createdAt, ttlMs: 30 * DAY });
  return { ctx, token, userId, workspaceId: home };
}

async function request(
  app: App,
  { method, path, token, body, headers = {}, address }: Call & { method: string; path: string },
) {
  const json = body !== undefined && typeof body !== "string" && !(body instanceof FormData) &&
    !(body instanceof Uint8Array) && !(body instanceof ReadableStream);
  const response = await app.fetch(
    new Request(`http://localhost${path}`, {
      method,
      headers: {
        ...(json || typeof body === "string" ? { "content-type": "application/json" } : {}),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: json ? JSON.stringify(body) : body as BodyInit }),
    }),
    { remoteAddress: address ?? "192.0.2.10" },
  );
  const text = await response.text();
  const isJson = (response.headers.get("content-type") ?? "").includes("json");
  const answer: Answer = {
    status: response.status,
    headers: response.headers,
    body: isJson && text !== "" ? JSON.parse(text) : text,
  };
  return answer;
}
