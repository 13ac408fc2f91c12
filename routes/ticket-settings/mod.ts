import { getDesk, setDesk } from "../../lib/tickets/mod.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";

export const ticketSettings = createRouter()
  .openapi(contracts.getSettingsRoute, async (c) => {
    return c.json(await getDesk(c.var.ctx), 200);
  })
  .openapi(contracts.setSettingsRoute, async (c) => {
    return c.json(await setDesk(c.var.ctx, c.req.valid("json")), 200);
  });
