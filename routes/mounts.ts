import { adminBackups } from "./admin-backups/mod.ts";
import { adminUsers } from "./admin-users/mod.ts";
import type { AppOptions } from "./app.ts";
import { ai } from "./ai/mod.ts";
import { auth } from "./auth/mod.ts";
import { business } from "./business/mod.ts";
import { calls } from "./calls/mod.ts";
import { cache } from "./cache/mod.ts";
import { channels } from "./channels/mod.ts";
import { chat } from "./chat/mod.ts";
import { clients } from "./clients/mod.ts";
import { connectedCalendars } from "./connected-calendars/mod.ts";
import { contacts } from "./contacts/mod.ts";
import { conversations } from "./conversations/mod.ts";
import { createDocs } from "./docs/mod.ts";
import { health } from "./health/mod.ts";
import { highScaleTasks } from "./high-scale-tasks/mod.ts";
import { callHook } from "./hooks/calls.ts";
import { whatsAppHook } from "./hooks/whatsapp.ts";
import { createJobs } from "./jobs/mod.ts";
import { knowledge } from "./knowledge/mod.ts";
import { createLive } from "./live/mod.ts";
import { notifications } from "./notifications/mod.ts";
import { notificationTemplatesRouter } from "./notification-templates/mod.ts";
import { notificationSettings } from "./notification-settings/mod.ts";
import { emailHook } from "./hooks/email.ts";
import { mailAddresses } from "./mails/addresses.ts";
import { mails } from "./mails/mod.ts";
import { twilioHook } from "./hooks/twilio.ts";
import { webhookEndpoints } from "./webhook-endpoints/mod.ts";
import { metrics } from "./metrics/mod.ts";
import { openapiRoutes } from "./openapi/mod.ts";
import { operators } from "./operators/mod.ts";
import { createPages } from "./pages/mod.ts";
import { queue } from "./queue/mod.ts";
import { reports } from "./reports/mod.ts";
import { createDashboards } from "./dashboards/mod.ts";
import { createStreamSlots } from "../lib/live/mod.ts";
import { createOrchestrate } from "./watson/orchestrate.ts";
import { watson } from "./watson/mod.ts";
import { watsonTools } from "./watson/tools.ts";
import type { Router } from "./router.ts";
import { schedules } from "./schedules/mod.ts";
import { security } from "./security/mod.ts";
import { sites } from "./sites/mod.ts";
import { teams } from "./teams/mod.ts";
import { tickets } from "./tickets/mod.ts";
import { surveys } from "./surveys/mod.ts";
import { ticketDeeds } from "./tickets/more.ts";
import { ticketPresets } from "./ticket-presets/mod.ts";
import { ticketSettings } from "./ticket-settings/mod.ts";
import { rules } from "./rules/mod.ts";
import { sla } from "./sla/mod.ts";
import { users } from "./users/mod.ts";
import { mailFiles } from "./mail-files/mod.ts";
import { visitLinks } from "./visit-links/mod.ts";
import { visits } from "./visits/mod.ts";
import { whatsapp } from "./whatsapp/mod.ts";
import { workspaces } from "./workspaces/mod.ts";

/** The API's routers, whole paths in their contracts. Fixed paths come before those with parameters. */
const API: readonly Router[] = [
  health,
  auth,
  users,
  security,
  workspaces,
  adminUsers,
  adminBackups,
  cache,
  knowledge,
  business,
  contacts,
  conversations,
  chat,
  channels,
  queue,
  highScaleTasks,
  whatsapp,
  whatsAppHook,
  schedules,
  metrics,
  operators,
  teams,
  ticketDeeds,
  tickets,
  ticketSettings,
  ...ticketPresets,
  surveys,
  reports,
  watson,
  watsonTools,
  notificationTemplatesRouter,
  notifications,
  notificationSettings,
  webhookEndpoints,
  twilioHook,
  emailHook,
  mails,
  mailAddresses,
  sla,
  rules,
  clients,
  sites,
  calls,
  callHook,
  visits,
  mailFiles,
  visitLinks,
  connectedCalendars,
  ai,
];

/** Every router and where it hangs. */
export function mountRoutes(
  app: Router,
  options: AppOptions,
): void {
  const { assets = null, shutdown = null } = options;
  for (const router of API) app.route("/", router);
  app.route("/", createJobs(options));
  const streams = { slots: createStreamSlots(), shutdown };
  app.route("/", createLive(streams));
  app.route("/", createDashboards(streams));
  app.route("/", openapiRoutes(app));
  app.route("/", createOrchestrate(options));
  if (assets === null) return;
  app.route("/", createDocs({ assets }));
  app.route("/", createPages({ assets }));
}
