import { getBusiness, setBusiness, webhookSecret } from "../../lib/conversations/mod.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";

export const business = createRouter()
  .openapi(contracts.getBusinessRoute, async (c) => c.json(await getBusiness(c.var.ctx), 200))
  .openapi(contracts.putBusinessRoute, async (c) => {
    return c.json(await setBusiness(c.var.ctx, c.req.valid("json")), 200);
  })
  .openapi(contracts.webhookSecretRoute, async (c) => {
    return c.json({ secret: await webhookSecret(c.var.ctx) }, 200);
  });
