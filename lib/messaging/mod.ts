export { changeChannel, connectChannel, disconnectChannel, seedWhatsApp } from "./channels.ts";
export { decideDoubt } from "./decide.ts";
export { mediaFetch, messageDoubt, messagingSweep, receiptRead } from "./jobs.ts";
export { fetchMedia } from "./media.ts";
export { forgetNumbers, numberOfAccount, numbers, type WhatsAppNumber } from "./numbers.ts";
export { PACES, RECEIPT_LIMITS } from "./policy.ts";
export { readReceipt } from "./receipts.ts";
export { messagingSchedules } from "./schedules.ts";
export { showSeen } from "./seen.ts";
export { sendQueued } from "./send.ts";
export { sweepMessaging } from "./sweep.ts";
export { answerChallenge, isFlooded, takeWebhook } from "./webhook.ts";
export { enqueueMessage, type QueueOrder } from "./enqueue.ts";
export {
  cancelQueued,
  getQueued,
  listQueue,
  QUEUE_STATES,
  type QueuedDetail,
  type QueueQuery,
  type QueueStats,
  queueStats,
  retryQueued,
} from "./queue.ts";
export type { AttemptView, QueuedView, Waiting } from "./view.ts";
export { type NumberStatus, whatsAppStatus } from "./status-of-numbers.ts";
export {
  createTemplate,
  deleteTemplate,
  editTemplate,
  listTemplates,
  syncTemplates,
  toTemplateDto,
} from "./templates.ts";
export { newTemplate, templateChange, templateQuery, templateSync } from "./template-schema.ts";
export { type DoctorOrder, examineWhatsApp, type NumberFindings } from "./doctor.ts";
export type { Finding, FindingState } from "./finding.ts";
export { applyTemplateStatus, TEMPLATE_FIELDS, type TemplateNews } from "./template-status.ts";
export { findTemplate, type TemplateRow } from "./templates.ts";
export { messagingTools } from "./tools.ts";
export { emptyAttemptsOf } from "./store-privacy.ts";
