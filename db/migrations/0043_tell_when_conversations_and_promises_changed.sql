ALTER TABLE `conversations` ADD `changed_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `conversations_changed` ON `conversations` (`workspace_id`,`changed_at`,`id`);--> statement-breakpoint
ALTER TABLE `sla_clocks` ADD `updated_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `sla_clocks_updated` ON `sla_clocks` (`workspace_id`,`updated_at`,`id`);--> statement-breakpoint
CREATE INDEX `ticket_comments_customer` ON `ticket_comments` (`workspace_id`,`author_id`) WHERE author = 'customer';