/** What is understood. The first seven are done by tools (actions.ts). */
export const INTENTS = [
  "create_ticket",
  "schedule_visit",
  "reschedule_visit",
  "cancel_visit",
  "send_notification",
  "generate_report",
  "query_status",
  "greeting",
  "help",
  "cancel",
  "none",
] as const;
export type Intent = typeof INTENTS[number];

export const ACTIONS = [
  "create_ticket",
  "schedule_visit",
  "reschedule_visit",
  "cancel_visit",
  "send_notification",
  "generate_report",
  "query_status",
] as const;
export type Action = typeof ACTIONS[number];

export function isAction(intent: string): intent is Action {
  return ACTIONS.some((action) => action === intent);
}
