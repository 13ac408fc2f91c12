import type { GraphCommand } from "../support/fakes/graph.ts";
import { STATUS_PLANS, type StatusPlan } from "../support/fakes/graph.ts";

/** mulberry32: the same moments again under the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export const phoneOf = (at: number) => `52155${String(at).padStart(8, "0")}`;

/** What Meta does with the first message to a customer; most get none of it. */
const FAULTS: Readonly<Record<number, GraphCommand>> = {
  1: { do: "error", code: 131000, message: "Something went wrong" },
  3: { do: "close", delivered: true },
  5: { do: "close", delivered: false },
  7: { do: "html", status: 502, delivered: true },
  9: { do: "no_id", delivered: true },
  11: { do: "cut", delivered: true },
  13: { do: "malformed", delivered: false },
  15: { do: "slow", ms: 300 },
  17: { do: "error", code: 131056, message: "Pair rate limit hit" },
};

export function faultOf(at: number): GraphCommand | null {
  return FAULTS[at % 40] ?? null;
}

const PLANS = [
  STATUS_PLANS.usual,
  STATUS_PLANS.read,
  STATUS_PLANS.reversed,
  STATUS_PLANS.doubled,
  STATUS_PLANS.readOnly,
  STATUS_PLANS.sentOnly,
  STATUS_PLANS.never,
] as const;

/** Statuses come usually, doubled, the wrong way round, late or never. */
export const mixedStatuses: StatusPlan = (message) =>
  (PLANS[Number(message.to.slice(-3)) % PLANS.length] ?? STATUS_PLANS.usual)(message);
