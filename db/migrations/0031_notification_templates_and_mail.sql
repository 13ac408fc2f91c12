CREATE TABLE `mail_ids` (
	`workspace_id` text NOT NULL,
	`message_id` text NOT NULL,
	`ticket_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`workspace_id`, `message_id`)
);
--> statement-breakpoint
CREATE TABLE `mail_receipts` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`digest` text NOT NULL,
	`blob_key` text NOT NULL,
	`format` text NOT NULL,
	`size` integer NOT NULL,
	`state` text NOT NULL,
	`reason` text,
	`sender` text,
	`subject` text,
	`ticket_id` text,
	`created_at` integer NOT NULL,
	`finished_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `mail_receipts_digest` ON `mail_receipts` (`workspace_id`,`digest`);--> statement-breakpoint
CREATE INDEX `mail_receipts_list` ON `mail_receipts` (`workspace_id`,`id`);--> statement-breakpoint
CREATE INDEX `mail_receipts_age` ON `mail_receipts` (`created_at`) WHERE state <> 'received';--> statement-breakpoint
CREATE TABLE `mail_threads` (
	`workspace_id` text NOT NULL,
	`ticket_id` text NOT NULL,
	`token` text NOT NULL,
	`message_ids` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`workspace_id`, `ticket_id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `mail_threads_token` ON `mail_threads` (`token`);--> statement-breakpoint
CREATE TABLE `notification_templates` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`category` text NOT NULL,
	`variables` text NOT NULL,
	`texts` text NOT NULL,
	`layout` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `notification_templates_name` ON `notification_templates` (`workspace_id`,`name`);