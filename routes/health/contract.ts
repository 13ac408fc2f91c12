import { z } from "@hono/zod-openapi";
import { contract, jsonAnswer } from "../router.ts";

const liveness = z.object({
  status: z.literal("healthy").openapi({ example: "healthy" }),
  timestamp: z.iso.datetime().openapi({ example: "2026-01-05T09:30:00.000Z" }),
  version: z.string().openapi({ example: "0.1.0" }),
  environment: z.string().openapi({ example: "development" }),
}).openapi("Liveness");

const service = z.object({
  name: z.string().openapi({ example: "database" }),
  state: z.enum(["up", "degraded", "down", "not_configured"]).openapi({ example: "up" }),
  latency_ms: z.number().nullable().openapi({ example: 0.12 }),
  detail: z.string().optional().openapi({ example: "file", description: "For the platform's admin only" }),
}).openapi("ServiceStatus");

const health = z.object({
  status: z.enum(["healthy", "degraded", "unhealthy"]).openapi({ example: "healthy" }),
  timestamp: z.iso.datetime().openapi({ example: "2026-01-05T09:30:00.000Z" }),
  version: z.string().openapi({ example: "0.1.0" }),
  environment: z.string().openapi({ example: "development" }),
  services: z.array(service),
}).openapi("Health");

const metrics = z.object({
  timestamp: z.iso.datetime().openapi({ example: "2026-01-05T09:30:00.000Z" }),
  routes: z.array(
    z.object({
      route: z.string().openapi({ example: "/api/auth/me" }),
      requests: z.number().int().openapi({ example: 1200 }),
      errors: z.number().int().openapi({ example: 0, description: "Answers of 500 and above" }),
      p50_ms: z.number().openapi({ example: 0.5 }),
      p95_ms: z.number().openapi({ example: 2 }),
      p99_ms: z.number().openapi({ example: 4 }),
    }).openapi("RouteFigures"),
  ),
}).openapi("Metrics");

const system = z.object({
  timestamp: z.iso.datetime().openapi({ example: "2026-01-05T09:30:00.000Z" }),
  uptime_s: z.number().openapi({ example: 3600 }),
  rss_bytes: z.number().openapi({ example: 98_000_000 }),
  heap_used_bytes: z.number().openapi({ example: 31_000_000 }),
  cpu_cores: z.number().int().openapi({ example: 2 }),
  load_average: z.number().nullable().openapi({ example: 0.4 }),
}).openapi("SystemState");

const tags = ["health"];

export const getLiveness = contract({
  method: "get",
  path: "/health",
  operationId: "getLiveness",
  summary: "Is the process serving?",
  tags,
  scope: null,
  responses: { 200: jsonAnswer(liveness, "It is") },
});

export const getHealth = contract({
  method: "get",
  path: "/api/health",
  operationId: "getHealth",
  summary: "The state of each dependency; 503 when a vital one is down",
  tags,
  scope: null,
  responses: { 200: jsonAnswer(health, "Working"), 503: jsonAnswer(health, "A vital dependency is down") },
});

const signedIn = <P extends string, I extends string>(
  path: P,
  { operationId, summary }: { operationId: I; summary: string },
) =>
  contract({
    method: "get",
    path,
    operationId,
    summary,
    tags,
    scope: "workspace:read",
    responses: { 200: jsonAnswer(health, "The state of each dependency") },
  });

export const getCompleteHealth = signedIn("/api/health/complete", {
  operationId: "getCompleteHealth",
  summary: "Complete health; details for the platform's admin",
});
export const getHealthServices = signedIn("/api/health/services", {
  operationId: "getHealthServices",
  summary: "State and latency of each dependency",
});
export const getServicesStatus = signedIn("/api/advanced/services/status", {
  operationId: "getServicesStatus",
  summary: "State and latency of each service",
});

export const getAdminHealth = contract({
  method: "get",
  path: "/api/admin/health",
  operationId: "getAdminHealth",
  summary: "Health with every detail",
  tags,
  scope: "platform:read",
  responses: { 200: jsonAnswer(health, "The state of each dependency") },
});

export const getHealthMetrics = contract({
  method: "get",
  path: "/api/health/metrics",
  operationId: "getHealthMetrics",
  summary: "Requests, errors and latency by route, since the start",
  tags,
  scope: "workspace:read",
  responses: { 200: jsonAnswer(metrics, "The figures of this process") },
});

export const getHealthSystem = contract({
  method: "get",
  path: "/api/health/system",
  operationId: "getHealthSystem",
  summary: "Memory, load and uptime of this process",
  tags,
  scope: "workspace:read",
  responses: { 200: jsonAnswer(system, "The figures of this process") },
});
