export {
  changePolicy,
  changePriority,
  pauseClocks,
  reopenClocks,
  restartNextResponse,
  resumeClocks,
  satisfyClock,
  type SlaState,
  startClocks,
  stopClocks,
} from "./clocks.ts";
export {
  createCalendar,
  deleteCalendar,
  getCalendar,
  listCalendars,
  measureCalendar,
  type Measured,
  updateCalendar,
} from "./calendars.ts";
export { followBusinessHours } from "./hours.ts";
export { slaRecount, slaTick } from "./jobs.ts";
export {
  clocksOf,
  createPolicy,
  deletePolicy,
  getPolicy,
  listClocks,
  listPolicies,
  updatePolicy,
} from "./policies.ts";
export { toCalendarDto, toClockDto, toPolicyDto } from "./present.ts";
export * from "./schemas.ts";
export { type ClockRow, deleteClocksOf as forgetClocksOf, touchClocks } from "./store-clocks.ts";
export { recountClocks, tickClock } from "./tick.ts";
export { policyOf } from "./turn.ts";
export { slaTools } from "./tools.ts";
export { selectPolicy as findPolicy } from "./store-policies.ts";
