import type { Ctx } from "../context.ts";
import type { Cache } from "../ports/cache.ts";
import { CACHE_NAMESPACES, type CacheNamespace } from "./namespaces.ts";

export interface CacheEntry {
  readonly namespace: CacheNamespace;
  /** Any text; equal texts of two workspaces are two entries. */
  readonly key: string;
}

/** `namespace:workspace:key`, so that both can be cleared by prefix. */
export function cacheKey(ctx: Ctx, { namespace, key }: CacheEntry): string {
  return `${namespace}:${ctx.workspaceIdOrNull ?? "platform"}:${key}`;
}

/** undefined on a miss. What comes out was written by an earlier version perhaps: parse it. */
export async function readCache(ctx: Ctx, entry: CacheEntry): Promise<unknown> {
  return await ctx.ports.cache.get(cacheKey(ctx, entry));
}

export async function writeCache(
  ctx: Ctx,
  { value, ttlMs, ...entry }: CacheEntry & { readonly value: unknown; readonly ttlMs?: number },
): Promise<void> {
  await ctx.ports.cache.set(cacheKey(ctx, entry), value, ttlMs ?? CACHE_NAMESPACES[entry.namespace].ttlMs);
}

const loading = new WeakMap<Cache, Map<string, Promise<unknown>>>();

/**
 * The kept value, or what `load` gives, kept from then on (`undefined` is not). Callers at the same time share
 * one load, and its failure, which is not kept.
 */
export async function cached<T>(
  ctx: Ctx,
  { ttlMs, ...entry }: CacheEntry & { readonly ttlMs?: number },
  load: () => Promise<T>,
): Promise<T> {
  const { cache } = ctx.ports;
  const key = cacheKey(ctx, entry);
  const flights = flightsOf(cache);
  const flying = flights.get(key);
  if (flying !== undefined) return await landed<T>(flying);
  const flight = (async () => {
    const kept = await cache.get<T>(key);
    if (kept !== undefined) return kept;
    const value = await load();
    if (value !== undefined) await cache.set(key, value, ttlMs ?? CACHE_NAMESPACES[entry.namespace].ttlMs);
    return value;
  })();
  flights.set(key, flight);
  try {
    return await flight;
  } finally {
    flights.delete(key);
  }
}

function flightsOf(cache: Cache): Map<string, Promise<unknown>> {
  let flights = loading.get(cache);
  if (flights === undefined) loading.set(cache, flights = new Map());
  return flights;
}

/** Callers of one key load one type, as they share its entry. */
function landed<T>(flight: Promise<unknown>): Promise<T> {
  return flight as Promise<T>;
}
