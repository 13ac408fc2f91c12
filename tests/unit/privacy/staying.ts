/** What may name a ticket or a conversation when it is deleted, and why. */
export const OUTLIVES: Readonly<Record<string, string>> = {
  "audit_log.subject_id": "the proof of what was done",
  "audit_log.detail": "the proof of what was done",
  "events.subject_id": "emptied; deleted after 90 days",
  "events.conversation_id": "emptied; deleted after 90 days",
  "events.data": "an id in what happened to something else, deleted after 90 days",
  "jobs.payload": "pruned a day after its end",
  "jobs.dedup_key": "pruned a day after its end",
  "calls.ticket_id": "an id that leads nowhere any more, in a call that has a life of its own",
  "visits.ticket_id": "an id that leads nowhere any more, in a visit that has a life of its own",
  "notification_deliveries.text":
    "an id in what a webhook was told about a call, a visit or a ticket that stays",
};

/** A column that may hold the id of a contact, or of a client, by its name. */
export const NAMES_CONTACT =
  /^(.+_)?(contact|author|owner|subject|target|actor)_id$|_by$|^(actor|owner|subject|mark|recipients?|conditions|actions|data|args|payload|definition)$/;
export const NAMES_CLIENT =
  /^(.+_)?(client|target|subject)_id$|^merged_into$|^(conditions|actions|data|args|payload|definition)$/;

const RECORD = "what happened then, under the name that it had then";
const NO_CONTACT = "holds no id of a contact";

/** What is left as it is when a contact is made one with another, and why. What is not here moves. */
export const STAYS_WITH_CONTACT: Readonly<Record<string, string>> = {
  "audit_log.actor_id": RECORD,
  "audit_log.subject_id": RECORD,
  "events.actor_id": RECORD,
  "events.data": RECORD,
  "events.subject_id": "what happened then: who erases the contact follows its former ids",
  "idempotency_keys.owner": "pruned after a day",
  "jobs.payload": "an erasure's alone names a contact, who is nobody by then",
  "jobs.submitted_by": "a member or a key",
  "invitations.invited_by": "a member",
  "connected_calendars.connected_by": "a member",
  "knowledge_entries.created_by": "a member",
  "lane_controls.changed_by": "a member",
  "live_tickets.actor": "ends within a minute",
  "mail_receipts.subject": NO_CONTACT,
  "notification_deliveries.recipient": "an address",
  "notification_deliveries.subject": NO_CONTACT,
  "notification_digests.mark": "an address",
  "notifications.actor_id": "who sent it: a member or the system",
  "notifications.data": NO_CONTACT,
  "notifications.subject": NO_CONTACT,
  "reports.created_by": "a member",
  "reports.definition": "what was asked then",
  "reports.recipients": "addresses",
  "rule_runs.subject_id": "a ticket, a conversation or a visit",
  "schedules.payload": NO_CONTACT,
  "stray_statuses.data": NO_CONTACT,
  "task_schedules.created_by": "a member",
  "throttle_marks.mark": "an address",
  "ticket_fts.subject": NO_CONTACT,
  "ticket_history.actor_id": RECORD,
  "ticket_links.target_id": "a ticket, a conversation, a call or a visit",
  "ticket_presets.created_by": "a member",
  "tickets.created_by": RECORD,
  "tickets.subject": NO_CONTACT,
  "usage_counters.subject": "of one day",
  "usage_records.subject_id": "figures of models: the id leads to nobody any more",
  "visit_steps.actor_id": RECORD,
  "visits.confirmed_by": RECORD,
  "visits.subject": NO_CONTACT,
};

/** The same of clients. */
export const STAYS_WITH_CLIENT: Readonly<Record<string, string>> = {
  "audit_log.subject_id": RECORD,
  "client_terms.client_id": "taken away: the client that stays is found by its own words",
  "events.data": RECORD,
  "events.subject_id": RECORD,
  "former_client_contacts.client_id": "leads to what is left of the one that is gone",
  "jobs.payload": "the merge's own job",
  "notifications.data": "words of a notice",
  "notifications.subject_id": "what was told then",
  "reports.definition": "what was asked then",
  "rule_runs.subject_id": "a ticket, a conversation or a visit",
  "schedules.payload": "names no client",
  "stray_statuses.data": "names no client",
  "ticket_links.target_id": "a ticket, a conversation, a call or a visit",
  "tickets.merged_into": "a ticket",
  "usage_records.subject_id": "a visitor or a user",
};
