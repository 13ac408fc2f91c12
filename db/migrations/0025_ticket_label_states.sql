DROP INDEX `ticket_labels_label`;--> statement-breakpoint
ALTER TABLE `ticket_labels` ADD `state` text DEFAULT 'new' NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `ticket_labels_pair` ON `ticket_labels` (`workspace_id`,`label`,`state`,`created_at`,`seq`);--> statement-breakpoint
DROP INDEX `tickets_due`;--> statement-breakpoint
CREATE INDEX `tickets_owed` ON `tickets` (`workspace_id`,`due_at`,`created_at`) WHERE due_at is not null;