DROP INDEX `conversations_contact`;--> statement-breakpoint
CREATE INDEX `conversations_contact` ON `conversations` (`contact_id`,`workspace_id`);--> statement-breakpoint
DROP INDEX `knowledge_chunks_entry`;--> statement-breakpoint
CREATE INDEX `knowledge_chunks_entry` ON `knowledge_chunks` (`entry_id`,`workspace_id`,`position`);--> statement-breakpoint
DROP INDEX `schedule_ticks_schedule`;--> statement-breakpoint
CREATE INDEX `schedule_ticks_schedule` ON `schedule_ticks` (`schedule_id`,`workspace_id`,`id`);--> statement-breakpoint
DROP INDEX `ticket_attachments_comment`;--> statement-breakpoint
CREATE INDEX `ticket_attachments_comment` ON `ticket_attachments` (`comment_id`,`workspace_id`);--> statement-breakpoint
DROP INDEX `ticket_comments_ticket`;--> statement-breakpoint
CREATE INDEX `ticket_comments_ticket` ON `ticket_comments` (`ticket_id`,`workspace_id`,`id`);--> statement-breakpoint
DROP INDEX `ticket_history_ticket`;--> statement-breakpoint
CREATE INDEX `ticket_history_ticket` ON `ticket_history` (`ticket_id`,`workspace_id`,`seq`);--> statement-breakpoint
DROP INDEX `ticket_surveys_ticket`;--> statement-breakpoint
CREATE INDEX `ticket_surveys_ticket` ON `ticket_surveys` (`ticket_id`,`workspace_id`);--> statement-breakpoint
CREATE INDEX `unanswered_conversation` ON `unanswered_questions` (`workspace_id`,`conversation_id`) WHERE conversation_id is not null;--> statement-breakpoint
CREATE INDEX `events_subject` ON `events` (`subject_id`);--> statement-breakpoint
CREATE INDEX `events_merged` ON `events` (`workspace_id`,data ->> 'into') WHERE type = 'contact.merged';--> statement-breakpoint
CREATE INDEX `mail_receipts_sender` ON `mail_receipts` (`workspace_id`,`sender`) WHERE sender is not null;--> statement-breakpoint
CREATE INDEX `notification_chunks_open` ON `notification_chunks` (`workspace_id`) WHERE done_at is null;--> statement-breakpoint
CREATE INDEX `tickets_closed` ON `tickets` (`workspace_id`,`closed_at`) WHERE state = 'closed';--> statement-breakpoint
CREATE INDEX `usage_counters_subject` ON `usage_counters` (`workspace_id`,`subject`) WHERE subject <> '';--> statement-breakpoint
CREATE INDEX `usage_subject` ON `usage_records` (`workspace_id`,`subject_id`) WHERE subject_id is not null;