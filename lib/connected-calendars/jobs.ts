import { z } from "zod";
import { MINUTE } from "../kernel/clock.ts";
import { defineJob } from "../kernel/define-job.ts";

/** Looks at one calendar. What goes wrong there is kept with it, and the next look comes by itself. */
export const calendarLook = defineJob({
  name: "connected_calendars.look",
  schema: z.object({ calendarId: z.string() }),
  lane: "default",
  attempts: 3,
  timeoutMs: 2 * MINUTE,
  key: ({ calendarId }) => calendarId,
});

/** Has every calendar looked at whose time has come. */
export const calendarSweep = defineJob({
  name: "connected_calendars.sweep",
  schema: z.object({}),
  lane: "maintenance",
  attempts: 1,
  key: () => "sweep",
});
