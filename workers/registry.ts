import type { JobHandler } from "../lib/jobs/mod.ts";
import { conversationHandlers } from "./handlers/conversation-desk.ts";
import { conversationAnswerHandler } from "./handlers/conversation-answer.ts";
import { identityMailInvitation } from "./handlers/identity-mail-invitation.ts";
import { identityMailReset } from "./handlers/identity-mail-reset.ts";
import { identitySweep } from "./handlers/identity-sweep.ts";
import { callHandlers } from "./handlers/calls.ts";
import { operatorHandlers } from "./handlers/operators.ts";
import { ticketHandlers } from "./handlers/tickets.ts";
import { housekeepingHandlers, opsHandlers } from "./handlers/ops.ts";
import { taskHandlers } from "./handlers/tasks.ts";
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
import { eventHandlers } from "./handlers/events.ts";
import { watsonHandlers } from "./handlers/watson.ts";

/** Every handler that runs where there is a disk; `createRegistry` of lib/jobs makes the registry of them. */
export const handlers: readonly JobHandler[] = [
  conversationAnswerHandler,
  ...conversationHandlers,
  identityMailInvitation,
  identityMailReset,
  identitySweep,
  ...opsHandlers,
  ...housekeepingHandlers,
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
  ...watsonHandlers,
  ...privacyHandlers,
];
