CREATE TABLE `delivery_attempts` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`delivery_id` text NOT NULL,
	`job_id` text NOT NULL,
	`number` integer NOT NULL,
	`provider` text NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer,
	`outcome` text,
	`reason` text,
	`vendor_code` text,
	`detail` text,
	FOREIGN KEY (`delivery_id`) REFERENCES `notification_deliveries`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `delivery_attempts_number` ON `delivery_attempts` (`delivery_id`,`number`);--> statement-breakpoint
CREATE TABLE `notification_deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`notification_id` text NOT NULL,
	`channel` text NOT NULL,
	`recipient` text NOT NULL,
	`user_id` text,
	`contact_id` text,
	`locale` text NOT NULL,
	`subject` text,
	`text` text,
	`html` text,
	`extra` text,
	`state` text NOT NULL,
	`reason` text,
	`provider` text,
	`provider_at` integer DEFAULT 0 NOT NULL,
	`external_id` text,
	`tries` integer DEFAULT 0 NOT NULL,
	`round` integer DEFAULT 0 NOT NULL,
	`next_try_at` integer,
	`created_at` integer NOT NULL,
	`state_at` integer NOT NULL,
	`sent_at` integer,
	`delivered_at` integer,
	`read_at` integer,
	FOREIGN KEY (`notification_id`) REFERENCES `notifications`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `notification_deliveries_history` ON `notification_deliveries` (`workspace_id`,`id`);--> statement-breakpoint
CREATE INDEX `notification_deliveries_of` ON `notification_deliveries` (`notification_id`);--> statement-breakpoint
CREATE INDEX `notification_deliveries_state` ON `notification_deliveries` (`workspace_id`,`state`,`id`);--> statement-breakpoint
CREATE INDEX `notification_deliveries_inbox` ON `notification_deliveries` (`workspace_id`,`user_id`,`id`) WHERE channel = 'in_app';--> statement-breakpoint
CREATE INDEX `notification_deliveries_external` ON `notification_deliveries` (`channel`,`external_id`) WHERE external_id is not null;--> statement-breakpoint
CREATE INDEX `notification_deliveries_waiting` ON `notification_deliveries` (`state_at`) WHERE state in ('pending', 'sending');--> statement-breakpoint
CREATE TABLE `notifications` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`template` text,
	`category` text NOT NULL,
	`priority` text NOT NULL,
	`key` text,
	`subject_id` text,
	`data` text NOT NULL,
	`subject` text,
	`text` text,
	`html` text,
	`bulk` integer DEFAULT false NOT NULL,
	`actor_id` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `notifications_key` ON `notifications` (`workspace_id`,`key`) WHERE key is not null;--> statement-breakpoint
CREATE INDEX `notifications_age` ON `notifications` (`created_at`);