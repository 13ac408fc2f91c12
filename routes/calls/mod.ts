import {
  changeCall,
  changeCallSettings,
  getCall,
  getCallSettings,
  importCalls,
  listCalls,
  logCall,
  renewCallSecret,
} from "../../lib/calls/mod.ts";
import { createRouter } from "../router.ts";
import { csvOf } from "../upload.ts";
import * as contracts from "./contract.ts";

export const calls = createRouter()
  .openapi(contracts.listCallsRoute, async (c) => {
    return c.json(await listCalls(c.var.ctx, c.req.valid("query")), 200);
  })
  .openapi(contracts.logCallRoute, async (c) => {
    return c.json(await logCall(c.var.ctx, c.req.valid("json")), 201);
  })
  .openapi(contracts.importCallsRoute, async (c) => {
    const content = await csvOf(c.req);
    return c.json(await importCalls(c.var.ctx, { content }), 200);
  })
  .openapi(contracts.callSettingsRoute, async (c) => {
    return c.json(await getCallSettings(c.var.ctx), 200);
  })
  .openapi(contracts.changeCallSettingsRoute, async (c) => {
    return c.json(await changeCallSettings(c.var.ctx, c.req.valid("json")), 200);
  })
  .openapi(contracts.renewCallSecretRoute, async (c) => {
    return c.json(await renewCallSecret(c.var.ctx), 201);
  })
  .openapi(contracts.getCallRoute, async (c) => {
    return c.json(await getCall(c.var.ctx, c.req.valid("param")), 200);
  })
  .openapi(contracts.changeCallRoute, async (c) => {
    return c.json(await changeCall(c.var.ctx, { ...c.req.valid("json"), ...c.req.valid("param") }), 200);
  });
