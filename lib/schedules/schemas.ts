import type { CATCH_UPS, OVERLAPS, TICK_OUTCOMES } from "../../db/schema/schedules.ts";

export { CATCH_UPS, OVERLAPS, SCHEDULE_KINDS, TICK_OUTCOMES } from "../../db/schema/schedules.ts";

export type Overlap = typeof OVERLAPS[number];
export type CatchUp = typeof CATCH_UPS[number];
export type TickOutcome = typeof TICK_OUTCOMES[number];
