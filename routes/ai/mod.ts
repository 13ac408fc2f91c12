import { usageView } from "../../lib/usage/mod.ts";
import { createRouter } from "../router.ts";
import { usageRoute } from "./contract.ts";

export const ai = createRouter()
  .openapi(usageRoute, async (c) => c.json(await usageView(c.var.ctx, c.req.valid("query")), 200));
