import { z } from "zod";
import { HOUR, MINUTE } from "../kernel/clock.ts";
import { defineJob } from "../kernel/define-job.ts";

/** Lets the rules of an event look at it. */
export const rulesRun = defineJob({
  name: "rules.run",
  schema: z.object({ seq: z.int() }),
  lane: "default",
  attempts: 10,
  backoff: { baseMs: 1000, maxMs: 5 * MINUTE },
  key: ({ seq }) => String(seq),
});

/** As `waitOf` says it; not in timers of versions before. */
const wait = z.string().optional();

/** A ticket may have been as it is for as long as a rule waits. One that changed meanwhile makes of it nothing. */
export const rulesTimer = defineJob({
  name: "rules.timer",
  schema: z.object({ ruleId: z.string(), ticketId: z.string(), since: z.int(), wait }),
  lane: "default",
  attempts: 10,
  backoff: { baseMs: 1000, maxMs: 5 * MINUTE },
  key: ({ ruleId, ticketId, since, wait = "" }) => `${ruleId}:${ticketId}:${since}:${wait}`,
});

/** The same of a visit or a conversation; `moment` is what is counted from, or up to. */
export const rulesSubjectTimer = defineJob({
  name: "rules.subject_timer",
  schema: z.object({ ruleId: z.string(), subjectId: z.string(), moment: z.int(), wait }),
  lane: "default",
  attempts: 10,
  backoff: { baseMs: 1000, maxMs: 5 * MINUTE },
  key: ({ ruleId, subjectId, moment, wait = "" }) => `${ruleId}:${subjectId}:${moment}:${wait}`,
});

/** Sets the timers of a new rule of time for the tickets that are there, a batch a job. */
export const rulesArm = defineJob({
  name: "rules.arm",
  schema: z.object({ ruleId: z.string(), after: z.string().nullable() }),
  lane: "bulk",
  attempts: 10,
  key: ({ ruleId, after }) => `${ruleId}:${after ?? ""}`,
});

/** The business keeps other hours: a rule's timers come by them, a batch a job. */
export const rulesHours = defineJob({
  name: "rules.hours",
  schema: z.object({ ruleId: z.string(), after: z.string().nullable() }),
  lane: "bulk",
  attempts: 20,
  key: ({ ruleId, after }) => `${ruleId}:${after ?? ""}`,
});

/** Forgets runs of long ago. */
export const rulesSweep = defineJob({
  name: "rules.sweep",
  schema: z.object({}),
  lane: "maintenance",
  attempts: 1,
  timeoutMs: HOUR,
  key: () => "sweep",
});
