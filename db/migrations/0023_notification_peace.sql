CREATE TABLE `notification_chunks` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`notification_id` text NOT NULL,
	`recipients` text NOT NULL,
	`size` integer NOT NULL,
	`done_at` integer,
	FOREIGN KEY (`notification_id`) REFERENCES `notifications`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `notification_chunks_of` ON `notification_chunks` (`notification_id`);--> statement-breakpoint
CREATE TABLE `notification_digests` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`mark` text NOT NULL,
	`closes_at` integer NOT NULL,
	`closed_at` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `notification_digests_open` ON `notification_digests` (`workspace_id`,`mark`) WHERE closed_at is null;--> statement-breakpoint
CREATE INDEX `notification_digests_age` ON `notification_digests` (`created_at`);--> statement-breakpoint
CREATE TABLE `notification_preferences` (
	`workspace_id` text NOT NULL,
	`owner_id` text NOT NULL,
	`category` text NOT NULL,
	`channel` text NOT NULL,
	`enabled` integer NOT NULL,
	PRIMARY KEY(`workspace_id`, `owner_id`, `category`, `channel`)
);
--> statement-breakpoint
CREATE TABLE `quiet_hours` (
	`workspace_id` text NOT NULL,
	`owner_id` text NOT NULL,
	`timezone` text NOT NULL,
	`quiet_from` text,
	`quiet_to` text,
	`days` text NOT NULL,
	PRIMARY KEY(`workspace_id`, `owner_id`)
);
--> statement-breakpoint
CREATE TABLE `throttle_marks` (
	`workspace_id` text NOT NULL,
	`mark` text NOT NULL,
	`started_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`workspace_id`, `mark`)
);
--> statement-breakpoint
CREATE INDEX `throttle_marks_age` ON `throttle_marks` (`ends_at`);--> statement-breakpoint
DROP INDEX `notification_deliveries_of`;--> statement-breakpoint
ALTER TABLE `notification_deliveries` ADD `digest_id` text;--> statement-breakpoint
CREATE INDEX `notification_deliveries_digest` ON `notification_deliveries` (`digest_id`) WHERE digest_id is not null;--> statement-breakpoint
CREATE INDEX `notification_deliveries_of` ON `notification_deliveries` (`notification_id`,`state`);--> statement-breakpoint
ALTER TABLE `notifications` ADD `cancelled_at` integer;--> statement-breakpoint
CREATE INDEX `notifications_bulk` ON `notifications` (`workspace_id`,`id`) WHERE bulk = 1;