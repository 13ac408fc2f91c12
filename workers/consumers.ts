import type { Consumer } from "../lib/consumers/mod.ts";
import { dashboardsConsumer } from "../lib/dashboards/mod.ts";
import { webhookConsumer, whatsAppNewsConsumer } from "../lib/notifications/mod.ts";
import { ticketConsumer } from "../lib/tickets/mod.ts";
import { rulesConsumer } from "../lib/rules/mod.ts";

/** Everything that follows from the event log. The log's own rows are never changed by them. */
export const consumers: readonly Consumer[] = [
  dashboardsConsumer,
  webhookConsumer,
  whatsAppNewsConsumer,
  ticketConsumer,
  rulesConsumer,
];
