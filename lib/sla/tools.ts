import { z } from "zod";
import type { Ctx } from "../context.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import {
  createCalendar,
  deleteCalendar,
  listCalendars,
  measureCalendar,
  updateCalendar,
} from "./calendars.ts";
import { createPolicy, deletePolicy, listClocks, listPolicies, updatePolicy } from "./policies.ts";
import { toCalendarDto, toClockDto, toPolicyDto } from "./present.ts";
import {
  calendarChange,
  calendarInput,
  clockQuery,
  measureInput,
  policyChange,
  policyInput,
} from "./schemas.ts";
import { anything, list, page } from "../kernel/tool-shapes.ts";

const id = z.string().min(1);

/** What an agent, an operator at the command line or a workflow can do with calendars and promises. */
export const slaTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "calendars.list",
    summary: "The calendars of business time, newest first",
    scope: "sla:read",
    destructive: false,
    input: page,
    output: list,
    run: async (ctx: Ctx, input) => {
      const { data, next_cursor } = await listCalendars(ctx, input);
      return { data: data.map(toCalendarDto), next_cursor };
    },
  }),
  defineTool({
    name: "calendars.create",
    summary: "Add a calendar with its zone, shifts and holidays",
    scope: "sla:write",
    destructive: false,
    input: calendarInput,
    output: anything,
    run: async (ctx: Ctx, input) => toCalendarDto(await createCalendar(ctx, input)),
  }),
  defineTool({
    name: "calendars.measure",
    summary: "Whether a calendar is open, when it opens next, and when so many business minutes have gone by",
    scope: "sla:read",
    destructive: false,
    input: measureInput.extend({ id }),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await measureCalendar(ctx, input) }),
  }),
  defineTool({
    name: "sla_policies.list",
    summary: "The SLA policies, newest first",
    scope: "sla:read",
    destructive: false,
    input: page,
    output: list,
    run: async (ctx: Ctx, input) => {
      const { data, next_cursor } = await listPolicies(ctx, input);
      return { data: data.map(toPolicyDto), next_cursor };
    },
  }),
  defineTool({
    name: "sla_policies.create",
    summary: "Promise first responses, next responses and resolutions within minutes, by priority",
    scope: "sla:write",
    destructive: false,
    input: policyInput,
    output: anything,
    run: async (ctx: Ctx, input) => toPolicyDto(await createPolicy(ctx, input)),
  }),
  defineTool({
    name: "sla_policies.change",
    summary: "Change a policy for promises that are made from now on",
    scope: "sla:write",
    destructive: false,
    input: policyChange.extend({ id }),
    output: anything,
    run: async (ctx: Ctx, input) => toPolicyDto(await updatePolicy(ctx, input)),
  }),
  defineTool({
    name: "sla.clocks",
    summary: "The promises about tickets that run, pause, were met, broken or stopped; due first",
    scope: "sla:read",
    destructive: false,
    input: clockQuery.extend(page.shape),
    output: list,
    run: async (ctx: Ctx, { ticket_id: ticketId, ...input }) => {
      const { data, next_cursor } = await listClocks(ctx, { ...input, ticketId });
      return { data: data.map(toClockDto), next_cursor };
    },
  }),
  defineTool({
    name: "calendars.change",
    summary: "Change what is given of a calendar; promises that run count by it from then on",
    scope: "sla:write",
    destructive: false,
    input: calendarChange.extend({ id }),
    output: anything,
    run: async (ctx: Ctx, input) => toCalendarDto(await updateCalendar(ctx, input)),
  }),
  defineTool({
    name: "calendars.remove",
    summary: "Take a calendar away that no policy counts by",
    scope: "sla:write",
    destructive: true,
    input: z.object({ id }),
    output: anything,
    run: async (ctx: Ctx, input) => {
      await deleteCalendar(ctx, input);
      return { ...input, removed: true };
    },
  }),
  defineTool({
    name: "sla_policies.remove",
    summary: "Take a policy away; promises that were made by it run on",
    scope: "sla:write",
    destructive: true,
    input: z.object({ id }),
    output: anything,
    run: async (ctx: Ctx, input) => {
      await deletePolicy(ctx, input);
      return { ...input, removed: true };
    },
  }),
];
