import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { invalid } from "../kernel/errors.ts";
import type { CacheStats } from "../ports/cache.ts";
import { CACHE_NAMESPACES } from "./namespaces.ts";

export interface CacheReport {
  readonly hits: number;
  readonly misses: number;
  /** Hits of all reads; null before the first. */
  readonly hitRate: number | null;
  readonly layers: readonly CacheStats[];
  readonly namespaces: readonly { readonly name: string; readonly ttlMs: number; readonly about: string }[];
}

/** Counts since the process started, layer by layer. A read that the first layer misses may hit the second. */
export async function cacheStats(ctx: Ctx): Promise<CacheReport> {
  requireScope(ctx, "cache:read");
  const layers = await ctx.ports.cache.stats();
  const hits = layers.reduce((sum, layer) => sum + layer.hits, 0);
  const misses = layers.at(-1)?.misses ?? 0;
  const namespaces = Object.entries(CACHE_NAMESPACES).map(([name, row]) => ({ name, ...row }));
  return { hits, misses, hitRate: hits + misses === 0 ? null : hits / (hits + misses), layers, namespaces };
}

/**
 * Deletes entries of the workspace: all ("" ), those of namespaces that begin with `prefix`, or with a colon
 * (`llm:abc`) those of one namespace whose key begins so. Resolves to how many.
 */
export async function clearCache(
  ctx: Ctx,
  { prefix = "" }: { readonly prefix?: string | undefined },
): Promise<number> {
  requireScope(ctx, "cache:write");
  const colon = prefix.indexOf(":");
  const [space, rest] = colon < 0 ? [prefix, ""] : [prefix.slice(0, colon), prefix.slice(colon + 1)];
  const names = Object.keys(CACHE_NAMESPACES);
  const wanted = names.filter((name) => colon < 0 ? name.startsWith(space) : name === space);
  if (wanted.length === 0) throw invalid("prefix", `must begin with one of ${names.join(", ")}`);
  let cleared = 0;
  for (const name of wanted) cleared += await ctx.ports.cache.clear(`${name}:${ctx.workspaceId}:${rest}`);
  await ctx.transact((tx) => audit(tx, { action: "cache.clear", detail: { prefix, cleared } }));
  return cleared;
}
