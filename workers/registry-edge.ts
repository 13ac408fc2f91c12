import type { JobHandler } from "../lib/jobs/mod.ts";
import { conversationAnswerHandler } from "./handlers/conversation-answer.ts";
import { conversationHandlers } from "./handlers/conversation-desk.ts";
import { identitySweep } from "./handlers/identity-sweep.ts";
import { taskHandlers } from "./handlers/tasks.ts";
import { callHandlers } from "./handlers/calls.ts";
import { operatorHandlers } from "./handlers/operators.ts";
import { ticketHandlers } from "./handlers/tickets.ts";
import { mailInHandlers } from "./handlers/mail-in.ts";
import { notificationHandlers } from "./handlers/notifications.ts";
import { rulesHandlers } from "./handlers/rules.ts";
import { slaHandlers } from "./handlers/sla.ts";
import { connectedCalendarHandlers } from "./handlers/connected-calendars.ts";
import { visitHandlers } from "./handlers/visits.ts";
import { whatsAppInHandlers } from "./handlers/whatsapp-in.ts";
import { whatsAppOutHandlers } from "./handlers/whatsapp-out.ts";
import { privacyHandlers } from "./handlers/privacy.ts";
import { reportHandlers } from "./handlers/reports.ts";
import { housekeepingHandlers } from "./handlers/ops.ts";
import { eventHandlers } from "./handlers/events.ts";
import { watsonHandlers } from "./handlers/watson.ts";

/**
 * The handlers that run in an isolate. Mails and backups are not among them: they need sockets and a disk, so their
 * jobs wait for a server on the same database.
 */
export const edgeHandlers: readonly JobHandler[] = [
  conversationAnswerHandler,
  ...conversationHandlers,
  identitySweep,
  ...taskHandlers,
  ...whatsAppInHandlers,
  ...whatsAppOutHandlers,
  ...operatorHandlers,
  ...callHandlers,
  ...visitHandlers,
  ...connectedCalendarHandlers,
  ...ticketHandlers,
  ...reportHandlers,
  ...notificationHandlers,
  ...mailInHandlers,
  ...slaHandlers,
  ...rulesHandlers,
  ...eventHandlers,
  ...housekeepingHandlers,
  ...watsonHandlers,
  ...privacyHandlers,
];
