import {
  changeEndpoint,
  createEndpoint,
  getEndpoint,
  listCalls,
  listEndpoints,
  removeEndpoint,
  replayCalls,
  rotateEndpointSecret,
  testEndpoint,
} from "../../lib/notifications/mod.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";

export const webhookEndpoints = createRouter()
  .openapi(
    contracts.listRoute,
    async (c) => c.json(await listEndpoints(c.var.ctx, c.req.valid("query")), 200),
  )
  .openapi(
    contracts.createRoute,
    async (c) => c.json(await createEndpoint(c.var.ctx, c.req.valid("json")), 201),
  )
  .openapi(
    contracts.getRoute,
    async (c) => c.json(await getEndpoint(c.var.ctx, c.req.valid("param").id), 200),
  )
  .openapi(contracts.changeRoute, async (c) => {
    const { id } = c.req.valid("param");
    return c.json(await changeEndpoint(c.var.ctx, { ...c.req.valid("json"), id }), 200);
  })
  .openapi(contracts.removeRoute, async (c) => {
    await removeEndpoint(c.var.ctx, c.req.valid("param").id);
    return c.body(null, 204);
  })
  .openapi(contracts.rotateRoute, async (c) => {
    const { grace_hours: graceHours } = c.req.valid("json");
    return c.json(await rotateEndpointSecret(c.var.ctx, { id: c.req.valid("param").id, graceHours }), 200);
  })
  .openapi(
    contracts.testRoute,
    async (c) => c.json(await testEndpoint(c.var.ctx, c.req.valid("param").id), 202),
  )
  .openapi(contracts.callsRoute, async (c) => {
    const { state, ...page } = c.req.valid("query");
    const states = state === undefined ? undefined : [state];
    return c.json(await listCalls(c.var.ctx, { ...page, states, id: c.req.valid("param").id }), 200);
  })
  .openapi(contracts.replayRoute, async (c) => {
    const { since, states, delivery_ids: deliveryIds } = c.req.valid("json");
    const { id } = c.req.valid("param");
    const from = since === undefined ? undefined : Date.parse(since);
    return c.json(await replayCalls(c.var.ctx, { id, since: from, states, deliveryIds }), 202);
  });
