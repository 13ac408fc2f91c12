export {
  connectCalendar,
  disconnectCalendar,
  getConnection,
  listConnections,
  refreshCalendar,
} from "./connections.ts";
export { calendarLook, calendarSweep } from "./jobs.ts";
export { lookAtCalendar, sweepCalendars } from "./look.ts";
export type { ConnectionView } from "./present.ts";
export { connectedCalendarSchedules } from "./schedules.ts";
export { deleteConnectionsOf as forgetCalendarsOf, selectTaken as takenElsewhere } from "./store.ts";
export { connectedCalendarTools } from "./tools.ts";
