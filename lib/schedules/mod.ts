export {
  changeSchedule,
  createSchedule,
  disableSchedule,
  enableSchedule,
  getSchedule,
  listTaskSchedules,
  removeSchedule,
  type ScheduleChange,
  type ScheduleQuery,
  type WantedSchedule,
} from "./keep.ts";
export { MOST_CATCH_UP } from "./policy.ts";
export { toScheduleDto, toTickDto } from "./row.ts";
export { CATCH_UPS, OVERLAPS, SCHEDULE_KINDS, TICK_OUTCOMES } from "./schemas.ts";
export { deleteTicks as pruneTicks, type ScheduleRow, type TickRow } from "./store.ts";
export { listTicks, runNow, tickInTurns, tickTaskSchedules } from "./tick.ts";
export { scheduleTools } from "./tools.ts";
