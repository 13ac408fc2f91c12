import { z } from "zod";
import type { Ctx } from "../context.ts";
import { defineTool, type Tool } from "../kernel/define-tool.ts";
import { createVisit, scheduleVisit } from "./schedule.ts";
import {
  cancelInput,
  checkInput,
  newVisit,
  scheduleInput,
  slotsQuery,
  visitChange,
  visitQuery,
  visitSettingsChange,
} from "./schemas.ts";
import { changeVisitSettings, getVisitSettings } from "./settings.ts";
import { findSlots } from "./slots.ts";
import { cancelVisit, checkIn, checkOut, confirmVisit, departVisit, markNoShow } from "./transitions.ts";
import { changeVisit, getVisit, listVisits } from "./visits.ts";
import { anything, list, page } from "../kernel/tool-shapes.ts";

const id = { id: z.string().min(1) };

/** What an agent, a person at the command line or a workflow can do with visits. */
export const visitTools: readonly Tool<Ctx>[] = [
  defineTool({
    name: "visits.slots",
    summary: "When an operator, or anybody of a team, could make a visit",
    scope: "visits:read",
    destructive: false,
    input: z.object(slotsQuery.shape),
    output: z.object({ data: z.array(anything), unreadable_calendars: z.array(anything) }),
    run: async (ctx: Ctx, input) => {
      const { data, unreadable_calendars } = await findSlots(ctx, input);
      return {
        data: data.map((slot) => ({ ...slot })),
        unreadable_calendars: unreadable_calendars.map((calendar) => ({ ...calendar })),
      };
    },
  }),
  defineTool({
    name: "visits.schedule",
    summary:
      "Make a visit; without a time it is only asked for. A time that can't be names the free ones near",
    scope: "visits:write",
    destructive: false,
    input: newVisit,
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await createVisit(ctx, input) }),
  }),
  defineTool({
    name: "visits.reschedule",
    summary: "Give a visit another time or operator; it has to be confirmed again",
    scope: "visits:write",
    destructive: false,
    input: scheduleInput.extend(id),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await scheduleVisit(ctx, input) }),
  }),
  defineTool({
    name: "visits.confirm",
    summary: "Say for the client that the time is good",
    scope: "visits:write",
    destructive: false,
    input: z.object(id),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await confirmVisit(ctx, input) }),
  }),
  defineTool({
    name: "visits.change",
    summary: "Change what is given; another time, length, operator or site is looked at anew",
    scope: "visits:write",
    destructive: false,
    input: visitChange.extend(id),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await changeVisit(ctx, input) }),
  }),
  defineTool({
    name: "visits.depart",
    summary: "Say that the operator is on the way",
    scope: "visits:write",
    destructive: false,
    input: z.object(id),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await departVisit(ctx, input) }),
  }),
  defineTool({
    name: "visits.check_in",
    summary: "Say that the operator is there, with a note and a position where wanted",
    scope: "visits:write",
    destructive: false,
    input: z.object({ ...checkInput.shape, ...id }),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await checkIn(ctx, input) }),
  }),
  defineTool({
    name: "visits.check_out",
    summary: "Say that the work is done",
    scope: "visits:write",
    destructive: false,
    input: z.object({ ...checkInput.shape, ...id }),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await checkOut(ctx, input) }),
  }),
  defineTool({
    name: "visits.no_show",
    summary: "Say that nobody was there; only after the visit's time",
    scope: "visits:write",
    destructive: false,
    input: z.object(id),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await markNoShow(ctx, input) }),
  }),
  defineTool({
    name: "visits.settings",
    summary: "How visits are made: length, steps, travel, reminders",
    scope: "visits:read",
    destructive: false,
    input: z.object({}),
    output: anything,
    run: async (ctx: Ctx) => ({ ...await getVisitSettings(ctx) }),
  }),
  defineTool({
    name: "visits.set",
    summary: "Change how visits are made: what is given; the rest stays",
    scope: "business:write",
    destructive: false,
    input: visitSettingsChange,
    output: anything,
    run: async (ctx: Ctx, change) => ({ ...await changeVisitSettings(ctx, change) }),
  }),
  defineTool({
    name: "visits.cancel",
    summary: "Call a visit off; both sides are told",
    scope: "visits:write",
    destructive: true,
    input: cancelInput.extend(id),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await cancelVisit(ctx, input) }),
  }),
  defineTool({
    name: "visits.list",
    summary: "Visits, the newest first or by their time",
    scope: "visits:read",
    destructive: false,
    input: visitQuery.extend(page.shape),
    output: list,
    run: async (ctx: Ctx, input) => {
      const { data, next_cursor } = await listVisits(ctx, input);
      return { data: data.map((row) => ({ ...row })), next_cursor };
    },
  }),
  defineTool({
    name: "visits.show",
    summary: "One visit with every state that it had",
    scope: "visits:read",
    destructive: false,
    input: z.object(id),
    output: anything,
    run: async (ctx: Ctx, input) => ({ ...await getVisit(ctx, input) }),
  }),
];
