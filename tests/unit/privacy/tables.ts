/** Columns that name a person, or lead to one. */
export const LEADS =
  /^((.+_)?(contact|ticket|conversation|message|delivery|notification|subject|owner|target|client|visit|call|about)_id|sender|recipients?|email|phone|mark|message_ids)$/;

interface Decision {
  /** Those of its columns that name a person or lead to one. */
  readonly columns: readonly string[];
  /** What becomes of it when a contact is erased; or why nothing does. */
  readonly erase: string;
  /** What becomes of it by the passing of time; or why it stays. */
  readonly retention: string;
}

const none = (why: string): Decision => ({ columns: [], erase: why, retention: why });
const BUSINESS = "is the business's own: no customer is in it";
const STAFF = "is about people who work here: they are removed by the admin, not as customers";
const MACHINE = "is the machine's own";

const WITH_TICKET = "goes with its ticket";
const WITH_CONVERSATION = "goes with its conversation";

/**
 * What is decided about each table. A table or a column that is not here fails the test beside: whoever adds one
 * says what becomes of a person's data in it.
 */
export const DECIDED: Readonly<Record<string, Decision>> = {
  contacts: {
    columns: [],
    erase: "loses its name; the row stays, marked as erased",
    retention: "stays until it is erased; visitors who never spoke go with the conversations' days",
  },
  contact_identities: { columns: ["contact_id"], erase: "deleted", retention: "goes with its contact" },
  conversations: {
    columns: ["contact_id"],
    erase: "closed and emptied",
    retention: "deleted after the business's days",
  },
  messages: {
    columns: ["conversation_id"],
    erase: "emptied",
    retention: WITH_CONVERSATION,
  },
  message_attempts: {
    columns: ["message_id", "contact_id"],
    erase: "loses what the vendor said",
    retention: WITH_CONVERSATION,
  },
  attachments: { columns: ["message_id"], erase: "deleted with the file", retention: WITH_CONVERSATION },
  ratings: { columns: ["message_id"], erase: "loses its comment", retention: WITH_CONVERSATION },
  unanswered_questions: {
    columns: ["conversation_id"],
    erase: "deleted, or loses its words",
    retention: "goes with the conversation that it was asked in",
  },
  stray_statuses: { columns: [], erase: "deleted by the number", retention: "swept after 30 days" },
  webhook_receipts: {
    columns: [],
    erase:
      "what was read whole has lost its body already; the few others are of no workspace and short-lived",
    retention: "swept after 30 days",
  },
  tickets: {
    columns: ["client_id", "contact_id", "conversation_id"],
    erase: "emptied",
    retention: "deleted after the desk's days",
  },
  ticket_comments: {
    columns: ["ticket_id", "message_id", "about_id"],
    erase: "emptied",
    retention: WITH_TICKET,
  },
  ticket_history: { columns: ["ticket_id"], erase: "emptied", retention: WITH_TICKET },
  ticket_labels: {
    columns: [],
    erase: "labels are the desk's words and stay for the figures",
    retention: WITH_TICKET,
  },
  ticket_field_values: {
    columns: [],
    erase: "deleted with the fields of the ticket",
    retention: WITH_TICKET,
  },
  ticket_links: {
    columns: ["ticket_id", "target_id"],
    erase: "ids alone, of what is emptied itself",
    retention: "goes with either of its tickets",
  },
  ticket_watchers: { columns: ["ticket_id"], erase: "names people who work here", retention: WITH_TICKET },
  ticket_attachments: { columns: [], erase: "deleted with the file", retention: WITH_TICKET },
  ticket_surveys: { columns: ["ticket_id"], erase: "loses its comment", retention: WITH_TICKET },
  ticket_fts: { columns: [], erase: "deleted", retention: WITH_TICKET },
  sla_clocks: {
    columns: ["ticket_id"],
    erase: "times alone: they stay for the figures",
    retention: WITH_TICKET,
  },
  rule_watches: { columns: ["ticket_id"], erase: "times alone", retention: WITH_TICKET },
  rule_runs: {
    columns: ["subject_id"],
    erase: "loses what each action said",
    retention: "goes with its ticket, or after 90 days",
  },
  calls: {
    columns: ["phone", "client_id", "contact_id", "ticket_id", "missed_ticket_id"],
    erase: "loses number, notes and recording",
    retention: "stays: the log of calls is the business's record until the person is erased",
  },
  visits: {
    columns: ["client_id", "contact_id", "ticket_id"],
    erase: "loses its words and places",
    retention: "stays: appointments are the business's record until the person is erased",
  },
  visit_steps: { columns: ["visit_id"], erase: "loses its reasons", retention: "goes with its visit" },
  visit_photos: { columns: ["visit_id"], erase: "deleted with the file", retention: "goes with its visit" },
  clients: {
    columns: ["email", "phone"],
    erase: "a person's is emptied with the last of its contacts; a company's stays",
    retention: "stays: with whom the business has contracts",
  },
  client_terms: {
    columns: ["client_id"],
    erase: "deleted with a person's client",
    retention: "goes with its client",
  },
  client_contacts: {
    columns: ["contact_id", "client_id"],
    erase: "deleted",
    retention: "goes with its contact",
  },
  former_client_contacts: {
    columns: ["contact_id", "client_id"],
    erase: "deleted, when the persons to whom it leads are emptied",
    retention: "goes with its contact",
  },
  sites: {
    columns: ["client_id"],
    erase: "emptied with a person's client",
    retention: "goes with its client",
  },
  notifications: {
    columns: ["subject_id"],
    erase: "deleted where it is about the person, emptied where it went to them",
    retention: "goes with what it is about, or after 180 days",
  },
  notification_deliveries: {
    columns: ["notification_id", "recipient", "contact_id"],
    erase: "loses address and words; what waits is skipped",
    retention: "goes with its notification",
  },
  delivery_attempts: {
    columns: ["delivery_id"],
    erase: "loses what the provider said",
    retention: "goes with its notification",
  },
  notification_chunks: {
    columns: ["notification_id", "recipients"],
    erase: "the person is taken out",
    retention: "emptied when it is fanned out",
  },
  notification_counts: {
    columns: ["notification_id"],
    erase: "numbers alone",
    retention: "goes with its notification",
  },
  notification_preferences: { columns: ["owner_id"], erase: "deleted", retention: "goes with its contact" },
  quiet_hours: { columns: ["owner_id"], erase: "deleted", retention: "goes with its contact" },
  throttle_marks: {
    columns: ["mark"],
    erase: "deleted by the address",
    retention: "swept a day after its end",
  },
  notification_digests: {
    columns: ["mark"],
    erase: "deleted by the address",
    retention: "swept a day after its end",
  },
  mail_receipts: {
    columns: ["sender", "ticket_id"],
    erase: "loses sender and subject",
    retention: "goes with its ticket, or after 90 days",
  },
  mail_threads: { columns: ["ticket_id", "message_ids"], erase: "deleted", retention: WITH_TICKET },
  mail_ids: { columns: ["message_id", "ticket_id"], erase: "deleted", retention: WITH_TICKET },
  events: {
    columns: ["subject_id", "conversation_id"],
    erase: "loses what was said; that something happened stays",
    retention: "deleted after 90 days",
  },
  audit_log: {
    columns: ["subject_id"],
    erase: "says who did what to which id, not what was written: the proof of the erasure itself",
    retention: "stays: it is the proof",
  },
  usage_records: {
    columns: ["subject_id", "conversation_id"],
    erase: "the person is taken out",
    retention: "figures about models alone",
  },
  usage_counters: {
    columns: [],
    erase: "the person is taken out",
    retention: "pruned by day",
  },
  idempotency_keys: {
    columns: [],
    erase: "the workspace's kept answers are emptied",
    retention: "pruned after a day",
  },
  jobs: {
    columns: [],
    erase:
      "ours hold ids, or sealed what an erasure still looks for; what a caller gave a task is the caller's own, and goes with its days",
    retention: "pruned a day after its end",
  },
  job_attempts: { columns: [], erase: "says how runs ended", retention: "goes with its job" },
  watson_sessions: {
    columns: [],
    erase: "loses its user and what it waits for, where it was theirs or did something for them",
    retention: "swept after 90 days",
  },
  watson_activities: {
    columns: [],
    erase: "emptied with its session, or where it names an address",
    retention: "emptied with the ticket that it opened or told of, or goes with its session",
  },
  reports: {
    columns: ["recipients"],
    erase:
      "loses its file, and what it asked for by name, where it can hold persons; its recipients are people who work here",
    retention: "deleted when it expires",
  },
  live_tickets: { columns: [], erase: "ends within a minute", retention: "swept when it is over" },
  rollups: none("counts by day, of nobody"),
  users: { columns: ["email"], erase: STAFF, retention: STAFF },
  invitations: { columns: ["email"], erase: STAFF, retention: STAFF },
  operators: { columns: ["email", "phone"], erase: STAFF, retention: STAFF },
  sessions: none(STAFF),
  memberships: none(STAFF),
  one_time_tokens: none(STAFF),
  api_keys: none(STAFF),
  push_subscriptions: none(STAFF),
  team_members: none(STAFF),
  visit_feeds: none(STAFF),
  connected_calendars: none(STAFF),
  busy_times: { columns: ["visit_id"], erase: STAFF, retention: "as long as its calendar says so" },
  business_calendars: none(BUSINESS),
  business_configs: none(BUSINESS),
  calendar_revisions: none(BUSINESS),
  call_settings: none(BUSINESS),
  channel_accounts: none(BUSINESS),
  client_settings: none(BUSINESS),
  chat_addresses: none(BUSINESS),
  knowledge_chunks: none(BUSINESS),
  knowledge_entries: none(BUSINESS),
  knowledge_fts: none(BUSINESS),
  knowledge_words: none(BUSINESS),
  mail_addresses: none(BUSINESS),
  mailboxes: none(MACHINE),
  notification_templates: none(BUSINESS),
  rules: none(BUSINESS),
  sla_policies: none(BUSINESS),
  task_schedules: none(BUSINESS),
  teams: none(BUSINESS),
  ticket_desks: none(BUSINESS),
  ticket_presets: none(BUSINESS),
  visit_settings: none(BUSINESS),
  watson_examples: none(BUSINESS),
  webhook_endpoints: none(BUSINESS),
  whatsapp_templates: none(BUSINESS),
  workspaces: none(BUSINESS),
  _migrations: none(MACHINE),
  event_cursors: none(MACHINE),
  lane_controls: none(MACHINE),
  schedule_ticks: none(MACHINE),
  schedules: none(MACHINE),
  storage_probes: none(MACHINE),
  workers: none(MACHINE),
};
