import { createContext, type Ctx } from "../../../lib/context.ts";
import { loadConfig } from "../../../lib/config.ts";
import { type Actor, systemActor } from "../../../lib/kernel/actors.ts";
import { createEntry } from "../../../lib/knowledge/mod.ts";
import type { EntryInput } from "../../../lib/knowledge/mod.ts";
import type { Database } from "../../../lib/ports/db.ts";
import type { Ports } from "../../../lib/ports/mod.ts";
import { serveHrana } from "../../../lib/adapters/db/hrana-server.ts";
import { createRemoteDatabase } from "../../../lib/adapters/db/remote.ts";
import { openTestDatabase } from "../../support/database.ts";

export const START = Date.UTC(2026, 0, 5, 15, 30);

export interface KnowledgeBench {
  readonly ctx: Ctx;
  as(actor: Actor, workspaceId?: string): Ctx;
  readonly clock: { now(): number; advance(ms: number): void };
  [Symbol.asyncDispose](): Promise<void>;
}

/** A database of its own with the ports that knowledge uses; any other port that is touched throws. */
export async function openKnowledge(entries: readonly EntryInput[] = []): Promise<KnowledgeBench> {
  const test = await openTestDatabase();
  const { ctx, ...bench } = benchOver(test.database);
  for (const entry of entries) await createEntry(ctx, entry);
  return { ctx, ...bench, [Symbol.asyncDispose]: () => test[Symbol.asyncDispose]() };
}

/** The same over the database as another process sees it, through the owner's endpoint. */
export async function openRemoteKnowledge(): Promise<KnowledgeBench> {
  const test = await openTestDatabase();
  const token = "a-token-of-this-test";
  const endpoint = serveHrana(test.database, { token });
  const remote = createRemoteDatabase({ url: endpoint.url, authToken: token });
  return {
    ...benchOver(remote),
    async [Symbol.asyncDispose]() {
      await remote.close();
      await endpoint.shutdown();
      await test[Symbol.asyncDispose]();
    },
  };
}

function benchOver(database: Database): Omit<KnowledgeBench, typeof Symbol.asyncDispose> {
  let now = START;
  const clock = { now: () => now, advance: (ms: number) => void (now += ms) };
  const ports = onlyThese({ database, clock, live: { pulse: () => {} } });
  const { config } = loadConfig({});
  const as = (actor: Actor, workspaceId = "wsp_test") => createContext({ ports, config, actor, workspaceId });
  return { ctx: as(systemActor("test")), as, clock };
}

/** Safe because a port that is not given can't be called: the proxy throws with its name. */
function onlyThese(given: Record<string, unknown>): Ports {
  return new Proxy(given, {
    get(target, name) {
      if (name in target) return Reflect.get(target, name);
      throw new Error(`knowledge touched the port "${String(name)}"`);
    },
  }) as unknown as Ports;
}

export function reader(...scopes: Actor["scopes"] extends ReadonlySet<infer S> ? S[] : never): Actor {
  return { kind: "api_key", id: "key_reader", ownerId: "usr_owner", scopes: new Set(scopes) };
}
