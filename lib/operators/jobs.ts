import { z } from "zod";
import { defineJob } from "../kernel/define-job.ts";

const one = z.object({ operatorId: z.string() });

/** Capacity is free: whoever holds work back gives it out. Its handler belongs to who holds it. */
export const operatorsDrain = defineJob({
  name: "operators.drain",
  schema: one,
  lane: "interactive",
  key: ({ operatorId }) => operatorId,
});

/** Ends a presence that nobody renewed. */
export const presenceLapse = defineJob({
  name: "operators.presence_lapse",
  schema: one,
  lane: "default",
  key: ({ operatorId }) => operatorId,
});

/** A shift begins, `at` in UTC milliseconds. */
export const shiftBegins = defineJob({
  name: "operators.shift_begins",
  schema: z.object({ operatorId: z.string(), at: z.number() }),
  lane: "default",
  key: ({ operatorId, at }) => `${operatorId}:${at}`,
});
