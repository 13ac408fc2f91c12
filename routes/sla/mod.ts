import {
  createCalendar,
  createPolicy,
  deleteCalendar,
  deletePolicy,
  getCalendar,
  getPolicy,
  listCalendars,
  listClocks,
  listPolicies,
  measureCalendar,
  toCalendarDto,
  toClockDto,
  toPolicyDto,
  updateCalendar,
  updatePolicy,
} from "../../lib/sla/mod.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";

export const sla = createRouter()
  .openapi(contracts.listCalendarsRoute, async (c) => {
    const { data, next_cursor } = await listCalendars(c.var.ctx, c.req.valid("query"));
    return c.json({ data: data.map(toCalendarDto), next_cursor }, 200);
  })
  .openapi(contracts.createCalendarRoute, async (c) => {
    return c.json(toCalendarDto(await createCalendar(c.var.ctx, c.req.valid("json"))), 201);
  })
  .openapi(contracts.getCalendarRoute, async (c) => {
    return c.json(toCalendarDto(await getCalendar(c.var.ctx, c.req.valid("param").id)), 200);
  })
  .openapi(contracts.updateCalendarRoute, async (c) => {
    const change = { ...c.req.valid("json"), id: c.req.valid("param").id };
    return c.json(toCalendarDto(await updateCalendar(c.var.ctx, change)), 200);
  })
  .openapi(contracts.deleteCalendarRoute, async (c) => {
    await deleteCalendar(c.var.ctx, c.req.valid("param").id);
    return c.body(null, 204);
  })
  .openapi(contracts.measureRoute, async (c) => {
    const question = { ...c.req.valid("json"), id: c.req.valid("param").id };
    return c.json(await measureCalendar(c.var.ctx, question), 200);
  })
  .openapi(contracts.listPoliciesRoute, async (c) => {
    const { data, next_cursor } = await listPolicies(c.var.ctx, c.req.valid("query"));
    return c.json({ data: data.map(toPolicyDto), next_cursor }, 200);
  })
  .openapi(contracts.createPolicyRoute, async (c) => {
    return c.json(toPolicyDto(await createPolicy(c.var.ctx, c.req.valid("json"))), 201);
  })
  .openapi(contracts.getPolicyRoute, async (c) => {
    return c.json(toPolicyDto(await getPolicy(c.var.ctx, c.req.valid("param").id)), 200);
  })
  .openapi(contracts.updatePolicyRoute, async (c) => {
    const change = { ...c.req.valid("json"), id: c.req.valid("param").id };
    return c.json(toPolicyDto(await updatePolicy(c.var.ctx, change)), 200);
  })
  .openapi(contracts.deletePolicyRoute, async (c) => {
    await deletePolicy(c.var.ctx, c.req.valid("param").id);
    return c.body(null, 204);
  })
  .openapi(contracts.listClocksRoute, async (c) => {
    const { ticket_id: ticketId, ...query } = c.req.valid("query");
    const { data, next_cursor } = await listClocks(c.var.ctx, { ...query, ticketId });
    return c.json({ data: data.map(toClockDto), next_cursor }, 200);
  });
