export type { Slot } from "./agenda.ts";
export { readFeed, removeFeed, renewFeed } from "./feed.ts";
export { handOverVisits, openVisitsOf } from "./hand-over.ts";
export { visitRemind, visitTell } from "./jobs.ts";
export type { VisitLinkView } from "./link.ts";
export { VISIT_TEMPLATES } from "./notices.ts";
export { eraseVisitsOf, exportVisitsOf } from "./personal.ts";
export type { ClashReason } from "./policy.ts";
export { addPhoto, type NewPhoto, openPhoto, removePhoto } from "./photos.ts";
export { TRANSITIONS as VISIT_TRANSITIONS } from "./policy.ts";
export type { PhotoView, VisitView } from "./present.ts";
export { remindOfVisit } from "./remind.ts";
export { createVisit, scheduleVisit } from "./schedule.ts";
export { nextVisits, visitsToComeAt, visitToCome } from "./coming.ts";
export { changeVisitSettings, getVisitSettings } from "./settings.ts";
export { findSlots } from "./slots.ts";
export { tellOfVisit } from "./tell.ts";
export { visitTools } from "./tools.ts";
export {
  answerVisitLink,
  cancelVisit,
  checkIn,
  checkOut,
  confirmVisit,
  departVisit,
  markNoShow,
  openVisitLink,
} from "./transitions.ts";
export { changeVisit, getVisit, listVisits, type VisitDetail, type VisitQuery } from "./visits.ts";
