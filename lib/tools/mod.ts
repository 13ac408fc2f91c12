import type { Ctx } from "../context.ts";
import { auditTools } from "../audit/mod.ts";
import { callTools } from "../calls/mod.ts";
import { clientTools } from "../clients/mod.ts";
import { conversationTools } from "../conversations/mod.ts";
import { identityTools } from "../identity/mod.ts";
import { jobTools } from "../jobs/mod.ts";
import type { Tool } from "../kernel/define-tool.ts";
import { mailTools } from "../mail-in/mod.ts";
import { templateTools } from "../templates/mod.ts";
import { knowledgeTools } from "../knowledge/mod.ts";
import { messagingTools } from "../messaging/mod.ts";
import { operatorTools } from "../operators/mod.ts";
import { notificationTools } from "../notifications/mod.ts";
import { privacyTools } from "../privacy/mod.ts";
import { opsTools } from "../ops/mod.ts";
import { scheduleTools } from "../schedules/mod.ts";
import { ticketTools } from "../tickets/mod.ts";
import { reportTools } from "../reports/mod.ts";
import { rulesTools } from "../rules/mod.ts";
import { handoverTools } from "../handover/mod.ts";
import { slaTools } from "../sla/mod.ts";
import { connectedCalendarTools } from "../connected-calendars/mod.ts";
import { dashboardTools } from "../dashboards/mod.ts";
import { taskTools } from "../tasks/mod.ts";
import { usageTools } from "../usage/mod.ts";
import { visitTools } from "../visits/mod.ts";
import { watsonTools } from "../watson/mod.ts";

/** The one registry of tools; the command line, agents, MCP and workflows are made from it. */
export const TOOLS: readonly Tool<Ctx>[] = [
  ...conversationTools,
  ...knowledgeTools,
  ...identityTools,
  ...jobTools,
  ...taskTools,
  ...messagingTools,
  ...opsTools,
  ...scheduleTools,
  ...operatorTools,
  ...ticketTools,
  ...reportTools,
  ...notificationTools,
  ...slaTools,
  ...rulesTools,
  ...clientTools,
  ...callTools,
  ...visitTools,
  ...handoverTools,
  ...connectedCalendarTools,
  ...privacyTools,
  ...dashboardTools,
  ...mailTools,
  ...templateTools,
  ...auditTools,
  ...usageTools,
  ...watsonTools,
];
