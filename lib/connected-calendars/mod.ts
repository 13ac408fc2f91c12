export {
  connectCalendar,
  disconnectCalendar,
  getConnection,
  listConnections,
  refreshCalendar,
} from "./connections.ts";
export { calendarLook, calendarSweep } from "./jobs.ts";
export { lookAtCalendar, sweepCalendars } from "./look.ts";
export { connectedCalendarTemplates } from "./notice.ts";
export { type ConnectionView, type UnreadableView, unreadableView } from "./present.ts";
export { connectedCalendarSchedules } from "./schedules.ts";
export {
  deleteConnectionsOf as forgetCalendarsOf,
  selectTaken as takenElsewhere,
  selectUnreadable as unreadableCalendars,
} from "./store.ts";
export { connectedCalendarTools } from "./tools.ts";
