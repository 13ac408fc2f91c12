import { providerStates } from "../ai/mod.ts";
import type { Ctx } from "../context.ts";
import { iso } from "../kernel/clock.ts";
import { AppError, messageOf } from "../kernel/errors.ts";
import { mailboxState } from "../mail-in/mod.ts";
import type { GateState } from "../ports/llm.ts";
import { VERSION } from "../version.ts";
import { probeStorage } from "./storage.ts";

export type ServiceState = "up" | "degraded" | "down" | "not_configured";

export interface ServiceStatus {
  readonly name: string;
  readonly state: ServiceState;
  readonly latency_ms: number | null;
  /** For admins only: it can name addresses. */
  readonly detail?: string;
}

export interface Health {
  readonly status: "healthy" | "degraded" | "unhealthy";
  readonly timestamp: string;
  readonly version: string;
  readonly environment: string;
  readonly services: ServiceStatus[];
}

interface Probe {
  readonly name: string;
  /** Down means that Cauce can't work, not just that a feature is away. */
  readonly vital: boolean;
  readonly run: (ctx: Ctx) => Promise<{ state: ServiceState; detail?: string }>;
}

const PROBES: readonly Probe[] = [
  {
    name: "database",
    vital: true,
    run: async (ctx) => {
      await ctx.ports.database.ping();
      return { state: "up", detail: ctx.ports.database.kind };
    },
  },
  { name: "storage", vital: true, run: probeStorage },
  {
    name: "cache",
    vital: false,
    run: async (ctx) => {
      const key = `health:${ctx.requestId}`;
      await ctx.ports.cache.set(key, 1, 5000);
      const found = await ctx.ports.cache.get<number>(key);
      await ctx.ports.cache.delete(key);
      return {
        state: found === 1 ? "up" : "degraded",
        detail: ctx.config.redis === null ? "local" : "redis",
      };
    },
  },
  {
    name: "blobs",
    vital: false,
    run: async (ctx) => {
      await ctx.ports.blobs.get("health/none");
      return { state: "up", detail: ctx.config.s3 === null ? "disk" : "s3" };
    },
  },
  {
    name: "mail",
    vital: false,
    run: (ctx) => Promise.resolve({ state: ctx.ports.mail.configured ? "up" : "not_configured" }),
  },
  { name: "mailbox", vital: false, run: mailboxState },
];

const TIMEOUT_MS = 2000;

async function probe(ctx: Ctx, { name, vital, run }: Probe): Promise<ServiceStatus & { vital: boolean }> {
  const started = performance.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
  });
  try {
    const result = await Promise.race([run(ctx), late]);
    return { name, vital, ...result, latency_ms: Math.round((performance.now() - started) * 100) / 100 };
  } catch (thrown) {
    const absent = thrown instanceof AppError && thrown.code === "not_at_the_edge";
    return {
      name,
      vital,
      state: absent ? "not_configured" : "down",
      latency_ms: null,
      detail: messageOf(thrown),
    };
  } finally {
    clearTimeout(timer);
  }
}

/** The state of everything that Cauce depends on; details only for the platform's admin. */
export async function checkHealth(ctx: Ctx): Promise<Health> {
  const results = await Promise.all([...PROBES.map((one) => probe(ctx, one)), llmStatus(ctx)]);
  const mayRead = ctx.actor.scopes.has("platform:read");
  const down = results.filter(({ state }) => state === "down");
  return {
    status: down.some(({ vital }) => vital) ? "unhealthy" : down.length > 0 ? "degraded" : "healthy",
    timestamp: iso(ctx.now()),
    version: VERSION,
    environment: ctx.config.env,
    services: results.map(({ name, state, latency_ms, detail }) => ({
      name,
      state,
      latency_ms,
      ...(mayRead && detail !== undefined ? { detail } : {}),
    })),
  };
}

/** What this process remembers of its targets; nobody is called for it. Knowledge answers when all are down. */
function llmStatus(ctx: Ctx): ServiceStatus & { vital: boolean } {
  const targets = providerStates(ctx);
  const failing = targets.filter(({ breaker }) => breaker !== "closed").length;
  const state = targets.length === 0
    ? "not_configured"
    : failing === 0
    ? "up"
    : failing < targets.length
    ? "degraded"
    : "down";
  const latency_ms = targets.find(({ breaker }) => breaker === "closed")?.latencyMs ?? null;
  return { name: "language_models", vital: false, state, latency_ms, detail: targets.map(said).join("; ") };
}

function said({ provider, model, breaker, lastError, minuteLeft }: GateState): string {
  const error = lastError === null ? "" : `, ${lastError.code} at ${iso(lastError.at)}: ${lastError.message}`;
  const cap = minuteLeft === null ? "" : `, ${minuteLeft} requests left this minute`;
  return `${provider}:${model} ${breaker}${cap}${error}`;
}
