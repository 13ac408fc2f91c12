import { z } from "zod";
import type { Ctx } from "../context.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { anything, list, rows } from "../kernel/tool-shapes.ts";
import { connectCalendar, disconnectCalendar, listConnections, refreshCalendar } from "./connections.ts";
import { newConnection } from "./schemas.ts";

const operator_id = z.string().min(1);
const one = z.object({ operator_id, calendar_id: z.string().min(1) });

/** What an agent, a person at the command line or a workflow can do with calendars of elsewhere. */
export const connectedCalendarTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "connected_calendars.list",
    summary: "The calendars that say when an operator is busy, and how the last look at each went",
    scope: "visits:read",
    destructive: false,
    input: z.object({ operator_id }),
    output: list,
    run: async (ctx: Ctx, input) => rows(await listConnections(ctx, { id: input.operator_id })),
  }),
  defineTool({
    name: "connected_calendars.connect",
    summary: "Connect a calendar by its secret iCalendar address: visits keep clear of what it says is taken",
    scope: "visits:read",
    destructive: false,
    secret: true,
    input: newConnection.extend({ operator_id }),
    output: anything,
    run: async (ctx: Ctx, { operator_id: id, ...input }) => ({
      ...await connectCalendar(ctx, { id, ...input }),
    }),
  }),
  defineTool({
    name: "connected_calendars.refresh",
    summary: "Have a connected calendar looked at now",
    scope: "visits:read",
    destructive: false,
    input: one,
    output: anything,
    run: async (ctx: Ctx, { operator_id: id, calendar_id: calendarId }) => ({
      ...await refreshCalendar(ctx, { id, calendarId }),
    }),
  }),
  defineTool({
    name: "connected_calendars.disconnect",
    summary: "Forget a connected calendar and its busy times",
    scope: "visits:read",
    destructive: true,
    input: one,
    output: z.object({ disconnected: z.boolean() }),
    run: async (ctx: Ctx, { operator_id: id, calendar_id: calendarId }) => {
      await disconnectCalendar(ctx, { id, calendarId });
      return { disconnected: true };
    },
  }),
];
