import { changeSite, createSite, getSite, listSites, removeSite } from "../../lib/clients/mod.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";

export const sites = createRouter()
  .openapi(contracts.listSitesRoute, async (c) => {
    const { id } = c.req.valid("param");
    return c.json(await listSites(c.var.ctx, { id, ...c.req.valid("query") }), 200);
  })
  .openapi(contracts.createSiteRoute, async (c) => {
    return c.json(await createSite(c.var.ctx, { ...c.req.valid("json"), ...c.req.valid("param") }), 201);
  })
  .openapi(contracts.getSiteRoute, async (c) => {
    return c.json(await getSite(c.var.ctx, c.req.valid("param")), 200);
  })
  .openapi(contracts.changeSiteRoute, async (c) => {
    return c.json(await changeSite(c.var.ctx, { ...c.req.valid("json"), ...c.req.valid("param") }), 200);
  })
  .openapi(contracts.removeSiteRoute, async (c) => {
    await removeSite(c.var.ctx, c.req.valid("param"));
    return c.body(null, 204);
  });
