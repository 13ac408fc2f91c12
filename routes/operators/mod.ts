import {
  createOperator,
  getOperator,
  listOperators,
  ownOperator,
  setOwnPresence,
  setPresence,
} from "../../lib/operators/mod.ts";
import { changeOperator, deactivateOperator, removeOperator } from "../../lib/handover/mod.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";

export const operators = createRouter()
  .openapi(contracts.listOperatorsRoute, async (c) => {
    return c.json(await listOperators(c.var.ctx, c.req.valid("query")), 200);
  })
  .openapi(contracts.createOperatorRoute, async (c) => {
    return c.json(await createOperator(c.var.ctx, c.req.valid("json")), 201);
  })
  .openapi(contracts.ownOperatorRoute, async (c) => {
    return c.json(await ownOperator(c.var.ctx), 200);
  })
  .openapi(contracts.ownPresenceRoute, async (c) => {
    return c.json(await setOwnPresence(c.var.ctx, c.req.valid("json")), 200);
  })
  .openapi(contracts.getOperatorRoute, async (c) => {
    return c.json(await getOperator(c.var.ctx, c.req.valid("param")), 200);
  })
  .openapi(contracts.changeOperatorRoute, async (c) => {
    const wanted = { ...c.req.valid("query"), ...c.req.valid("json"), ...c.req.valid("param") };
    return c.json(await changeOperator(c.var.ctx, wanted), 200);
  })
  .openapi(contracts.removeOperatorRoute, async (c) => {
    await removeOperator(c.var.ctx, { ...c.req.valid("query"), ...c.req.valid("param") });
    return c.body(null, 204);
  })
  .openapi(contracts.deactivateRoute, async (c) => {
    const wanted = { ...c.req.valid("json"), ...c.req.valid("param") };
    return c.json(await deactivateOperator(c.var.ctx, wanted), 200);
  })
  .openapi(contracts.presenceRoute, async (c) => {
    return c.json(await setPresence(c.var.ctx, { ...c.req.valid("json"), ...c.req.valid("param") }), 200);
  });
