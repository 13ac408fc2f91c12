export { type CacheReport, cacheStats, clearCache } from "./desk.ts";
export { cached, type CacheEntry, cacheKey, readCache, writeCache } from "./entries.ts";
export { CACHE_NAMESPACES, type CacheNamespace } from "./namespaces.ts";
