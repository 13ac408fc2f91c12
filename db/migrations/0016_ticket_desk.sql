CREATE TABLE `ticket_attachments` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`comment_id` text NOT NULL,
	`name` text NOT NULL,
	`content_type` text NOT NULL,
	`size` integer NOT NULL,
	`sha256` text NOT NULL,
	`blob_key` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`comment_id`) REFERENCES `ticket_comments`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `ticket_attachments_comment` ON `ticket_attachments` (`workspace_id`,`comment_id`);--> statement-breakpoint
CREATE TABLE `ticket_links` (
	`workspace_id` text NOT NULL,
	`ticket_id` text NOT NULL,
	`kind` text NOT NULL,
	`target_id` text NOT NULL,
	`relation` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`ticket_id`, `kind`, `target_id`),
	FOREIGN KEY (`ticket_id`) REFERENCES `tickets`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `ticket_links_target` ON `ticket_links` (`workspace_id`,`kind`,`target_id`);--> statement-breakpoint
CREATE TABLE `ticket_presets` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`data` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`removed_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ticket_presets_name` ON `ticket_presets` (`workspace_id`,`kind`,`name_key`) WHERE removed_at is null;--> statement-breakpoint
CREATE TABLE `ticket_surveys` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`ticket_id` text NOT NULL,
	`operator_id` text,
	`team_id` text,
	`score` integer,
	`comment` text,
	`sent_at` integer,
	`answered_at` integer,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`ticket_id`) REFERENCES `tickets`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `ticket_surveys_ticket` ON `ticket_surveys` (`workspace_id`,`ticket_id`);--> statement-breakpoint
CREATE INDEX `ticket_surveys_answered` ON `ticket_surveys` (`workspace_id`,`answered_at`) WHERE answered_at is not null;--> statement-breakpoint
CREATE TABLE `ticket_watchers` (
	`workspace_id` text NOT NULL,
	`ticket_id` text NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`ticket_id`, `user_id`),
	FOREIGN KEY (`ticket_id`) REFERENCES `tickets`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `ticket_watchers_user` ON `ticket_watchers` (`workspace_id`,`user_id`,`ticket_id`);