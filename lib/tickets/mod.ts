export { actionList, type TicketAction, ticketAction } from "./action-schemas.ts";
export { applyActions } from "./actions.ts";
export { requireActions } from "./action-checks.ts";
export { fieldInText, sayField } from "./fields.ts";
export { type AskedText, requireFieldsIn } from "./prepared.ts";
export { type Deed, openDeed, tellDeed } from "./deed.ts";
export { attachToTicket, fileComment, openTicketFile } from "./attach.ts";
export { applyMacro, bulkChange, type BulkOutcome, changeMany } from "./bulk.ts";
export { commentTicket } from "./comment.ts";
export { hear as hearCustomer, ticketConsumer, type Word } from "./customer.ts";
export { drainBacklog } from "./drain.ts";
export type { TicketEvents, TicketEventType } from "./events.ts";
export { assignTicket, explainAssignment } from "./explain.ts";
export { closeAllResolved, closeResolved, refreshWords, wakeTicket } from "./follow-up.ts";
export { getTicket, listComments, listHistory, type TicketDetail } from "./get.ts";
export {
  ticketsClose,
  ticketsCloseAll,
  ticketsDrain,
  ticketsIndex,
  ticketsRetention,
  ticketsRetentionSweep,
  ticketsSurvey,
  ticketsWake,
} from "./jobs.ts";
export { handOverTickets } from "./hand-over.ts";
export { addLink, linkTicket, listLinks, newLink, removeLink } from "./links.ts";
export { listTickets } from "./list.ts";
export type { Count, TicketPage } from "./paging.ts";
export { addMissedCall, findMatter, type Matter, noteCallBack } from "./missed-calls.ts";
export { mergeInput, mergeTicket, splitInput, splitTicket } from "./merge.ts";
export { presentContact, stillThere } from "./named.ts";
export { openForMissedCall, openTicket } from "./open.ts";
export { DONE_STATES, LIVE_STATES, TRANSITIONS } from "./policy.ts";
export type { CommentView, HistoryView, TicketView } from "./present.ts";
export {
  changePreset,
  createPreset,
  findCategory,
  getPreset,
  listPresets,
  presetChange,
  PRESETS,
  type PresetView,
  removePreset,
} from "./presets.ts";
export { applyTicketRetention, eraseTicketsOf, exportTicketsOf, sweepTicketRetention } from "./privacy.ts";
export { ticketSchedules } from "./schedules.ts";
export * from "./schemas.ts";
export { deskChange, deskSettings, getDesk, setDesk } from "./settings.ts";
export { type TicketStats, ticketStats } from "./stats.ts";
export {
  answerSurvey,
  openSurvey,
  sendSurvey,
  surveyAnswer,
  surveyOfTicket,
  type SurveyView,
} from "./survey.ts";
export { ticketTools } from "./tools.ts";
export { type Standing, standingOf, standingsAt, ticketAt } from "./as-of.ts";
export { selectThereAt as thereAt } from "./store-standing.ts";
export { updateTicket } from "./update.ts";
export { listWatchers, unwatchTicket, watchTicket } from "./watch.ts";
export { selectTicket as findTicket } from "./store.ts";
export { selectHeldIds as heldBy } from "./store-list.ts";
export { ticketTemplates } from "./notices.ts";
export { notifyInThread } from "./thread.ts";
export { findReferred } from "./find-referred.ts";
export { referenceOf } from "./present.ts";
