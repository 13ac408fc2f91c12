import { z } from "@hono/zod-openapi";
import { contract, jsonAnswer } from "../router.ts";

const tags = ["Cache"];

const layer = z.object({
  layer: z.string().openapi({ example: "memory" }),
  entries: z.number().int().openapi({ example: 120 }),
  bytes: z.number().int().nullable().openapi({
    example: 48_200,
    description: "null where the layer can't tell",
  }),
  hits: z.number().int().openapi({ example: 900 }),
  misses: z.number().int().openapi({ example: 120 }),
}).openapi("CacheLayer");

const namespace = z.object({
  name: z.string().openapi({ example: "llm" }),
  ttl_seconds: z.number().openapi({
    example: 86_400,
    description: "Life of an entry unless its writer says otherwise",
  }),
  about: z.string().openapi({ example: "Answers of language models to equal requests" }),
}).openapi("CacheNamespace");

const stats = z.object({
  hits: z.number().int().openapi({
    example: 900,
    description: "Reads that any layer answered, since the process started",
  }),
  misses: z.number().int().openapi({ example: 100, description: "Reads that no layer could answer" }),
  hit_rate: z.number().nullable().openapi({ example: 0.9, description: "null before the first read" }),
  layers: z.array(layer),
  namespaces: z.array(namespace),
}).openapi("CacheStats");

export const cacheStatsRoute = contract({
  method: "get",
  path: "/api/advanced/cache/stats",
  operationId: "getCacheStats",
  summary: "Hits, misses and size of the cache, by layer",
  tags,
  scope: "cache:read",
  responses: { 200: jsonAnswer(stats, "Counts of this process") },
});

export const clearCacheRoute = contract({
  method: "delete",
  path: "/api/advanced/cache",
  operationId: "clearCache",
  summary: "Deletes the workspace's cached entries that begin with a prefix",
  tags,
  scope: "cache:write",
  request: {
    query: z.object({
      prefix: z.string().max(500).default("").openapi({
        example: "llm",
        description:
          "The beginning of a namespace's name, or `namespace:beginning of the key`; empty: everything",
      }),
    }),
  },
  responses: {
    200: jsonAnswer(
      z.object({ cleared: z.number().int().openapi({ example: 12 }) }).openapi("CacheCleared"),
      "How many entries were deleted",
    ),
  },
});
