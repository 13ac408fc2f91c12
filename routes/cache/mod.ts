import { type CacheReport, cacheStats, clearCache } from "../../lib/cache/mod.ts";
import { createRouter, type Router } from "../router.ts";
import { cacheStatsRoute, clearCacheRoute } from "./contract.ts";

export const cache: Router = createRouter()
  .openapi(cacheStatsRoute, async (c) => c.json(toStatsDto(await cacheStats(c.var.ctx)), 200))
  .openapi(
    clearCacheRoute,
    async (c) => c.json({ cleared: await clearCache(c.var.ctx, c.req.valid("query")) }, 200),
  );

function toStatsDto({ hits, misses, hitRate, layers, namespaces }: CacheReport) {
  return {
    hits,
    misses,
    hit_rate: hitRate,
    layers: layers.map((layer) => ({ ...layer })),
    namespaces: namespaces.map(({ name, ttlMs, about }) => ({ name, ttl_seconds: ttlMs / 1000, about })),
  };
}
