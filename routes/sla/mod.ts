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
import { choiceOf, etagOf } from "../versions.ts";
import * as contracts from "./contract.ts";

export const sla = createRouter()
  .openapi(contracts.listCalendarsRoute, async (c) => {
    const { data, next_cursor } = await listCalendars(c.var.ctx, c.req.valid("query"));
    return c.json({ data: data.map(toCalendarDto), next_cursor }, 200);
  })
  .openapi(contracts.createCalendarRoute, async (c) => {
    const calendar = toCalendarDto(await createCalendar(c.var.ctx, c.req.valid("json")));
    return c.json(calendar, 201, { etag: etagOf(calendar) });
  })
  .openapi(contracts.getCalendarRoute, async (c) => {
    const calendar = toCalendarDto(await getCalendar(c.var.ctx, c.req.valid("param").id));
    return c.json(calendar, 200, { etag: etagOf(calendar) });
  })
  .openapi(contracts.updateCalendarRoute, async (c) => {
    const choice = choiceOf(c.req.valid("param"), c.req.valid("header"));
    const calendar = toCalendarDto(await updateCalendar(c.var.ctx, { ...c.req.valid("json"), ...choice }));
    return c.json(calendar, 200, { etag: etagOf(calendar) });
  })
  .openapi(contracts.deleteCalendarRoute, async (c) => {
    await deleteCalendar(c.var.ctx, choiceOf(c.req.valid("param"), c.req.valid("header")));
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
    const policy = toPolicyDto(await createPolicy(c.var.ctx, c.req.valid("json")));
    return c.json(policy, 201, { etag: etagOf(policy) });
  })
  .openapi(contracts.getPolicyRoute, async (c) => {
    const policy = toPolicyDto(await getPolicy(c.var.ctx, c.req.valid("param").id));
    return c.json(policy, 200, { etag: etagOf(policy) });
  })
  .openapi(contracts.updatePolicyRoute, async (c) => {
    const choice = choiceOf(c.req.valid("param"), c.req.valid("header"));
    const policy = toPolicyDto(await updatePolicy(c.var.ctx, { ...c.req.valid("json"), ...choice }));
    return c.json(policy, 200, { etag: etagOf(policy) });
  })
  .openapi(contracts.deletePolicyRoute, async (c) => {
    await deletePolicy(c.var.ctx, choiceOf(c.req.valid("param"), c.req.valid("header")));
    return c.body(null, 204);
  })
  .openapi(contracts.listClocksRoute, async (c) => {
    const { ticket_id: ticketId, ...query } = c.req.valid("query");
    const { data, next_cursor } = await listClocks(c.var.ctx, { ...query, ticketId });
    return c.json({ data: data.map(toClockDto), next_cursor }, 200);
  });
