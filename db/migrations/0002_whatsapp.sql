CREATE TABLE `message_attempts` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`message_id` text NOT NULL,
	`number` integer NOT NULL,
	`started_at` integer NOT NULL,
	`called_at` integer,
	`ended_at` integer,
	`outcome` text,
	`external_id` text,
	`reason` text,
	`error_code` integer,
	`error_detail` text,
	`trace` text,
	FOREIGN KEY (`message_id`) REFERENCES `messages`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `message_attempts_number` ON `message_attempts` (`message_id`,`number`);--> statement-breakpoint
CREATE INDEX `message_attempts_open` ON `message_attempts` (`started_at`) WHERE outcome is null;--> statement-breakpoint
CREATE TABLE `stray_statuses` (
	`workspace_id` text NOT NULL,
	`channel_account_id` text NOT NULL,
	`external_id` text NOT NULL,
	`status` text NOT NULL,
	`data` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`channel_account_id`, `external_id`, `status`)
);
--> statement-breakpoint
CREATE INDEX `stray_statuses_age` ON `stray_statuses` (`created_at`);--> statement-breakpoint
CREATE TABLE `webhook_receipts` (
	`id` text PRIMARY KEY NOT NULL,
	`digest` text NOT NULL,
	`body` blob NOT NULL,
	`state` text NOT NULL,
	`reason` text,
	`created_at` integer NOT NULL,
	`finished_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_receipts_digest` ON `webhook_receipts` (`digest`);--> statement-breakpoint
CREATE INDEX `webhook_receipts_open` ON `webhook_receipts` (`created_at`) WHERE state = 'received';--> statement-breakpoint
CREATE TABLE `whatsapp_templates` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`business_account_id` text NOT NULL,
	`remote_id` text NOT NULL,
	`name` text NOT NULL,
	`language` text NOT NULL,
	`category` text NOT NULL,
	`status` text NOT NULL,
	`reason` text,
	`quality` text,
	`components` text NOT NULL,
	`status_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `whatsapp_templates_name` ON `whatsapp_templates` (`workspace_id`,`business_account_id`,`name`,`language`);--> statement-breakpoint
CREATE INDEX `whatsapp_templates_remote` ON `whatsapp_templates` (`workspace_id`,`remote_id`);--> statement-breakpoint
ALTER TABLE `channel_accounts` ADD `paused_until` integer;--> statement-breakpoint
ALTER TABLE `channel_accounts` ADD `pause_reason` text;--> statement-breakpoint
ALTER TABLE `conversations` ADD `window_until` integer;--> statement-breakpoint
ALTER TABLE `messages` ADD `content` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `run_at` integer;--> statement-breakpoint
ALTER TABLE `messages` ADD `next_try_at` integer;--> statement-breakpoint
ALTER TABLE `messages` ADD `state_at` integer;--> statement-breakpoint
CREATE INDEX `messages_unsent` ON `messages` (`conversation_id`,`id`) WHERE direction = 'out' and state in ('pending', 'processing', 'retry');--> statement-breakpoint
CREATE INDEX `messages_waiting` ON `messages` (`state_at`) WHERE direction = 'out' and state in ('pending', 'processing', 'retry');--> statement-breakpoint
CREATE INDEX `messages_queue` ON `messages` (`workspace_id`,`state`,`id`) WHERE direction = 'out';