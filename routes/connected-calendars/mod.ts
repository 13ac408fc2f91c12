import {
  connectCalendar,
  disconnectCalendar,
  getConnection,
  listConnections,
  refreshCalendar,
} from "../../lib/connected-calendars/mod.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";

export const connectedCalendars = createRouter()
  .openapi(contracts.listConnectionsRoute, async (c) => {
    return c.json(await listConnections(c.var.ctx, c.req.valid("param")), 200);
  })
  .openapi(contracts.connectRoute, async (c) => {
    const connection = { ...c.req.valid("json"), ...c.req.valid("param") };
    return c.json(await connectCalendar(c.var.ctx, connection), 201);
  })
  .openapi(contracts.getConnectionRoute, async (c) => {
    return c.json(await getConnection(c.var.ctx, choiceOf(c.req.valid("param"))), 200);
  })
  .openapi(contracts.refreshRoute, async (c) => {
    return c.json(await refreshCalendar(c.var.ctx, choiceOf(c.req.valid("param"))), 202);
  })
  .openapi(contracts.disconnectRoute, async (c) => {
    await disconnectCalendar(c.var.ctx, choiceOf(c.req.valid("param")));
    return c.body(null, 204);
  });

const choiceOf = ({ id, calendar_id }: { id: string; calendar_id: string }) => ({
  id,
  calendarId: calendar_id,
});
