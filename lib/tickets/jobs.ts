import { z } from "zod";
import { DAY, MINUTE } from "../kernel/clock.ts";
import { defineJob } from "../kernel/define-job.ts";

const one = z.object({ ticketId: z.string() });

/** Opens a scheduled ticket when its time has come; each time that it is given has a timer of its own. */
export const ticketsWake = defineJob({
  name: "tickets.wake",
  schema: one,
  lane: "default",
  backoff: { baseMs: 1000, maxMs: 5 * MINUTE },
});

/** Gives out what is held, after a change of what is asked of whoever takes it. */
export const ticketsDrain = defineJob({
  name: "tickets.drain",
  schema: z.object({}),
  lane: "interactive",
  key: () => "drain",
});

/** Brings a ticket's words in the full-text index up to date. */
export const ticketsIndex = defineJob({
  name: "tickets.index",
  schema: one,
  lane: "bulk",
  key: ({ ticketId }) => ticketId,
});

/** Closes a ticket for good that stayed resolved. */
export const ticketsClose = defineJob({ name: "tickets.close", schema: one, lane: "maintenance" });

/** Sets when each resolved ticket of a workspace closes, after the days of the desk became fewer; a part in a commit. */
export const ticketsCloseAll = defineJob({
  name: "tickets.close_all",
  schema: z.object({ after: z.tuple([z.string(), z.int(), z.int()]).nullable() }),
  lane: "maintenance",
});

/** Asks the customer how it went. */
export const ticketsSurvey = defineJob({
  name: "tickets.survey",
  schema: z.object({ surveyId: z.string() }),
  lane: "default",
});

/** The platform's daily turn: finds the workspaces that delete closed tickets. */
export const ticketsRetentionSweep = defineJob({
  name: "tickets.retention_sweep",
  schema: z.object({}),
  lane: "maintenance",
});

/** One workspace's old tickets, by the days that hold when it runs. */
export const ticketsRetention = defineJob({
  name: "tickets.retention",
  schema: z.object({}),
  lane: "maintenance",
  backoff: { baseMs: MINUTE, maxMs: DAY / 4 },
  timeoutMs: 10 * MINUTE,
  key: () => "retention",
});
