import { eq } from "drizzle-orm";
import { users } from "../../db/schema/identity.ts";
import { createMemoryRateLimiter } from "../../lib/adapters/rate-limit/memory.ts";
import { createChannelAccount } from "../../lib/conversations/mod.ts";
import { createRegistry } from "../../lib/jobs/mod.ts";
import { systemClock } from "../../lib/kernel/clock.ts";
import type { App } from "../../routes/app.ts";
import { handlers } from "../../workers/registry.ts";
import { createRunner } from "../../workers/runner.ts";
import { pageOptions, serveApp } from "../support/browser.ts";
import { type Harness, harness, type Person } from "../support/harness.ts";

export const PASSWORD = "un-camino-de-agua-7";

export interface World extends AsyncDisposable {
  readonly h: Harness;
  readonly origin: string;
  readonly operator: Person & { readonly username: string };
  /** Public key of its web chat. */
  readonly key: string;
}

export interface WorldOptions {
  /** Stands between the server and the app, to break what a test wants broken. */
  readonly around?: (fetch: App["fetch"]) => App["fetch"];
  /** Settings as in the environment. */
  readonly env?: Record<string, string>;
}

/** A whole Cauce as people meet it: pages, API and working jobs on the clock of the wall, one operator, one chat. */
export async function openWorld(
  { around = (fetch) => fetch, env = {} }: WorldOptions = {},
): Promise<World> {
  const limiter = createMemoryRateLimiter(systemClock);
  const h = await harness({ env, ports: { clock: systemClock, limiter }, app: pageOptions() });
  const person = await h.person();
  const passwordHash = await h.ports.passwords.hash(PASSWORD);
  await h.system.transact(async (tx) => {
    await tx.db.update(users).set({ passwordHash }).where(eq(users.id, person.userId));
  });
  const { key } = await createChannelAccount(person.ctx, { channel: "web", name: "Web" });
  const asOperator = (method: string, path: string, body: unknown) =>
    h.request(method, path, { token: person.token, body });
  await asOperator("PUT", "/api/business/config", { name: "Café Aurora", languages: ["es", "en"] });
  await asOperator("POST", "/api/knowledge/entries", {
    kind: "pair",
    title: "¿A qué hora abren los sábados?",
    body: "Los sábados abrimos de 9:00 a 14:00.",
    locale: "es",
  });

  const runner = createRunner({
    context: h.system,
    registry: createRegistry(handlers),
    lanes: { interactive: 4, default: 2, bulk: 1 },
  });
  const unwake = h.ports.waker.onWake((lane, ids, dueAt) => runner.wake(lane, ids, dueAt));
  await runner.start();
  const server = serveApp({ fetch: around(h.app.fetch) });
  return {
    h,
    key,
    origin: server.origin,
    operator: { ...person, username: person.userId },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      unwake();
      await runner.stop(1000);
      await h[Symbol.asyncDispose]();
    },
  };
}
