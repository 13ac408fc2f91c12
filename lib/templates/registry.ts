import { clientTemplates } from "../clients/mod.ts";
import { connectedCalendarTemplates } from "../connected-calendars/mod.ts";
import { mailTemplates } from "../mail-in/mod.ts";
import { notificationTemplates, type Template } from "../notifications/mod.ts";
import { reportReady } from "../reports/mod.ts";
import { ticketTemplates } from "../tickets/mod.ts";
import { VISIT_TEMPLATES } from "../visits/mod.ts";

/** The one registry of built-in templates; a workspace's own of the same name replaces its words. */
export const TEMPLATES: readonly Template[] = [
  ...notificationTemplates,
  ...ticketTemplates,
  ...connectedCalendarTemplates,
  ...mailTemplates,
  reportReady,
  ...Object.values(VISIT_TEMPLATES),
  ...clientTemplates,
];
