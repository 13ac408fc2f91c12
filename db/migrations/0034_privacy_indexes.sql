DROP INDEX `rule_runs_subject`;--> statement-breakpoint
CREATE INDEX `rule_runs_of` ON `rule_runs` (`workspace_id`,`subject_id`,`rule_id`,`at`);--> statement-breakpoint
CREATE INDEX `mail_ids_ticket` ON `mail_ids` (`workspace_id`,`ticket_id`);--> statement-breakpoint
CREATE INDEX `mail_receipts_ticket` ON `mail_receipts` (`workspace_id`,`ticket_id`) WHERE ticket_id is not null;--> statement-breakpoint
CREATE INDEX `notification_deliveries_recipient` ON `notification_deliveries` (`workspace_id`,`recipient`,`id`);--> statement-breakpoint
CREATE INDEX `notification_deliveries_contact` ON `notification_deliveries` (`workspace_id`,`contact_id`) WHERE contact_id is not null;--> statement-breakpoint
CREATE INDEX `notifications_subject` ON `notifications` (`workspace_id`,`subject_id`) WHERE subject_id is not null;