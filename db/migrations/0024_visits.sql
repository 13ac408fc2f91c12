CREATE TABLE `visit_feeds` (
	`operator_id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`token_hash` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `visit_feeds_token` ON `visit_feeds` (`token_hash`);--> statement-breakpoint
CREATE TABLE `visit_photos` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`visit_id` text NOT NULL,
	`moment` text NOT NULL,
	`name` text NOT NULL,
	`content_type` text NOT NULL,
	`size` integer NOT NULL,
	`sha256` text NOT NULL,
	`blob_key` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`visit_id`) REFERENCES `visits`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `visit_photos_visit` ON `visit_photos` (`workspace_id`,`visit_id`,`id`);--> statement-breakpoint
CREATE TABLE `visit_settings` (
	`workspace_id` text PRIMARY KEY NOT NULL,
	`config` text NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `visit_steps` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`visit_id` text NOT NULL,
	`from_state` text,
	`to_state` text NOT NULL,
	`starts_at` integer,
	`reason` text,
	`actor_id` text NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`visit_id`) REFERENCES `visits`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `visit_steps_visit` ON `visit_steps` (`workspace_id`,`visit_id`,`id`);--> statement-breakpoint
CREATE TABLE `visits` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`state` text NOT NULL,
	`subject` text NOT NULL,
	`instructions` text,
	`operator_id` text,
	`client_id` text,
	`contact_id` text,
	`site_id` text,
	`ticket_id` text,
	`address` text,
	`starts_at` integer,
	`ends_at` integer,
	`minutes` integer NOT NULL,
	`sequence` integer DEFAULT 0 NOT NULL,
	`confirmed_at` integer,
	`confirmed_by` text,
	`cancel_reason` text,
	`checked_in_at` integer,
	`check_in_note` text,
	`check_in_latitude` real,
	`check_in_longitude` real,
	`checked_out_at` integer,
	`check_out_note` text,
	`check_out_latitude` real,
	`check_out_longitude` real,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `visits_workspace` ON `visits` (`workspace_id`,`id`);--> statement-breakpoint
CREATE INDEX `visits_start` ON `visits` (`workspace_id`,`starts_at`,`id`);--> statement-breakpoint
CREATE INDEX `visits_operator` ON `visits` (`workspace_id`,`operator_id`,`starts_at`) WHERE operator_id is not null;--> statement-breakpoint
CREATE INDEX `visits_client` ON `visits` (`workspace_id`,`client_id`,`id`) WHERE client_id is not null;--> statement-breakpoint
CREATE INDEX `visits_contact` ON `visits` (`workspace_id`,`contact_id`,`id`) WHERE contact_id is not null;--> statement-breakpoint
CREATE INDEX `visits_ticket` ON `visits` (`workspace_id`,`ticket_id`,`id`) WHERE ticket_id is not null;