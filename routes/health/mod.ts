import { iso } from "../../lib/kernel/clock.ts";
import { checkHealth } from "../../lib/health/mod.ts";
import { VERSION } from "../../lib/version.ts";
import { createRouter, type Router } from "../router.ts";
import * as contracts from "./contract.ts";

export const health: Router = createRouter()
  .openapi(contracts.getLiveness, (c) => {
    const { ctx } = c.var;
    const timestamp = iso(ctx.now());
    return c.json(
      { status: "healthy" as const, timestamp, version: VERSION, environment: ctx.config.env },
      200,
    );
  })
  .openapi(contracts.getHealth, async (c) => {
    const result = await checkHealth(c.var.ctx);
    return c.json(result, result.status === "unhealthy" ? 503 : 200);
  })
  .openapi(contracts.getCompleteHealth, async (c) => c.json(await checkHealth(c.var.ctx), 200))
  .openapi(contracts.getHealthServices, async (c) => c.json(await checkHealth(c.var.ctx), 200))
  .openapi(contracts.getServicesStatus, async (c) => c.json(await checkHealth(c.var.ctx), 200))
  .openapi(contracts.getAdminHealth, async (c) => c.json(await checkHealth(c.var.ctx), 200))
  .openapi(contracts.getHealthMetrics, (c) => {
    const { ctx } = c.var;
    return c.json({ timestamp: iso(ctx.now()), routes: [...ctx.ports.meter.routes()] }, 200);
  })
  .openapi(contracts.getHealthSystem, (c) => {
    const { ctx } = c.var;
    return c.json({ timestamp: iso(ctx.now()), ...ctx.ports.meter.process() }, 200);
  });
