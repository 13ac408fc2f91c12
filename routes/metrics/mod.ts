import { prometheusText } from "../../lib/metrics/mod.ts";
import { createRouter } from "../router.ts";
import { metricsRoute } from "./contract.ts";

const TYPE = "text/plain; version=0.0.4; charset=utf-8";

export const metrics = createRouter()
  .openapi(metricsRoute, async (c) => c.text(await prometheusText(c.var.ctx), 200, { "content-type": TYPE }));
