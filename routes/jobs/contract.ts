import { z } from "@hono/zod-openapi";
import { CALLBACK_PATHS } from "../../lib/ports/callbacks.ts";
import { contract, jsonAnswer, problems } from "../router.ts";

const tags = ["Hooks"];

const outcomeSchema = z.object({
  outcome: z.enum(["done", "later"]).openapi({
    example: "done",
    description: "`later`: it waits for its next time, for which another callback is arranged",
  }),
}).openapi("JobCallbackOutcome");

/** The body is proved by its signature before it is read, so it is not validated by the contract. */
export const callbackRoute = contract({
  method: "post",
  path: CALLBACK_PATHS.job,
  operationId: "runCalledJob",
  summary:
    "QStash's callback for one job, signed by it (Upstash-Signature); runs the job that the body names",
  tags,
  scope: null,
  responses: {
    200: jsonAnswer(outcomeSchema, "Nothing is left to do for this callback"),
    ...problems("bad_signature", "payload_too_large", "not_repeatable", "busy", "not_configured"),
  },
});

export const failureRoute = contract({
  method: "post",
  path: CALLBACK_PATHS.failure,
  operationId: "takeFailedCallback",
  summary: "QStash gave a callback up; the job waits for the next sweep",
  tags,
  scope: null,
  responses: {
    200: jsonAnswer(z.object({ logged: z.boolean().openapi({ example: true }) }), "Logged"),
    ...problems("bad_signature", "payload_too_large", "not_repeatable", "not_configured"),
  },
});

const sweepSchema = z.object({
  promoted: z.number().int().openapi({ example: 2, description: "Delayed jobs whose time had come" }),
  reaped: z.number().int().openapi({ example: 0, description: "Jobs taken back from a run that ended" }),
  dead: z.number().int().openapi({
    example: 0,
    description: "Jobs given up because every run of them ended so",
  }),
  ticked: z.array(z.string()).openapi({
    example: ["identity.sweep"],
    description: "Schedules of the system that were due",
  }),
  scheduled: z.number().int().openapi({ example: 1, description: "Schedules of workspaces that were due" }),
  called: z.number().int().openapi({ example: 1, description: "Waiting jobs that are called for again" }),
}).openapi("JobSweep");

export const sweepRoute = contract({
  method: "post",
  path: CALLBACK_PATHS.sweep,
  operationId: "sweepJobs",
  summary: "A schedule of QStash wakes the sweeper, signed as a callback is",
  tags,
  scope: null,
  responses: {
    200: jsonAnswer(sweepSchema, "What the sweep moved"),
    ...problems("bad_signature", "payload_too_large", "not_configured"),
  },
});
