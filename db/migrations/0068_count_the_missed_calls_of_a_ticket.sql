ALTER TABLE `calls` ADD `missed_ticket_id` text;--> statement-breakpoint
CREATE INDEX `calls_missed_phone` ON `calls` (`workspace_id`,`phone`,`missed_ticket_id`,`started_at`) WHERE missed_ticket_id is not null;--> statement-breakpoint
CREATE INDEX `calls_missed_contact` ON `calls` (`workspace_id`,`contact_id`,`missed_ticket_id`,`started_at`) WHERE missed_ticket_id is not null;--> statement-breakpoint
CREATE INDEX `calls_missed_client` ON `calls` (`workspace_id`,`client_id`,`missed_ticket_id`,`started_at`) WHERE missed_ticket_id is not null;--> statement-breakpoint
ALTER TABLE `tickets` ADD `missed_calls` integer DEFAULT 0 NOT NULL;