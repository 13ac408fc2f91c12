CREATE TABLE `call_settings` (
	`workspace_id` text PRIMARY KEY NOT NULL,
	`hook_key` text,
	`hook_secret` text,
	`country` text,
	`ticket_on_missed` integer DEFAULT false NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `call_settings_key` ON `call_settings` (`hook_key`) WHERE hook_key is not null;--> statement-breakpoint
CREATE TABLE `calls` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`external_id` text,
	`direction` text NOT NULL,
	`state` text NOT NULL,
	`source` text NOT NULL,
	`phone` text,
	`line` text,
	`operator_id` text,
	`client_id` text,
	`contact_id` text,
	`ticket_id` text,
	`started_at` integer NOT NULL,
	`answered_at` integer,
	`ended_at` integer,
	`outcome` text,
	`notes` text,
	`recording_url` text,
	`missed_told_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `calls_started` ON `calls` (`workspace_id`,`started_at`,`id`);--> statement-breakpoint
CREATE INDEX `calls_state` ON `calls` (`workspace_id`,`state`,`started_at`,`id`);--> statement-breakpoint
CREATE INDEX `calls_operator` ON `calls` (`workspace_id`,`operator_id`,`started_at`,`id`);--> statement-breakpoint
CREATE INDEX `calls_client` ON `calls` (`workspace_id`,`client_id`,`started_at`,`id`);--> statement-breakpoint
CREATE INDEX `calls_contact` ON `calls` (`workspace_id`,`contact_id`,`started_at`,`id`);--> statement-breakpoint
CREATE INDEX `calls_ticket` ON `calls` (`workspace_id`,`ticket_id`,`started_at`,`id`) WHERE ticket_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `calls_external` ON `calls` (`workspace_id`,`external_id`) WHERE external_id is not null;