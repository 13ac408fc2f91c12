import { z } from "@hono/zod-openapi";
import { contract } from "../router.ts";

export const metricsRoute = contract({
  method: "get",
  path: "/metrics",
  operationId: "prometheusMetrics",
  summary: "The figures of this process, of its jobs and of the database, as Prometheus reads them",
  tags: ["Health"],
  scope: "platform:read",
  responses: {
    200: {
      description: "Prometheus' text format",
      content: {
        "text/plain": {
          schema: z.string().openapi({
            example: '# TYPE cauce_jobs_ready gauge\ncauce_jobs_ready{lane="default"} 0\n',
          }),
        },
      },
    },
  },
});
