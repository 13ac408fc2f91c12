CREATE TABLE `report_schedules` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`name` text NOT NULL,
	`definition` text NOT NULL,
	`format` text NOT NULL,
	`cron` text NOT NULL,
	`zone` text NOT NULL,
	`recipients` text NOT NULL,
	`enabled` integer NOT NULL,
	`next_at` integer NOT NULL,
	`last_report_id` text,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `report_schedules_workspace` ON `report_schedules` (`workspace_id`,`id`);--> statement-breakpoint
CREATE TABLE `reports` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`name` text NOT NULL,
	`definition` text NOT NULL,
	`format` text NOT NULL,
	`state` text NOT NULL,
	`schedule_id` text,
	`recipients` text NOT NULL,
	`rows` integer,
	`size` integer,
	`blob_key` text,
	`error` text,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`finished_at` integer,
	`expires_at` integer
);
--> statement-breakpoint
CREATE INDEX `reports_workspace` ON `reports` (`workspace_id`,`id`);--> statement-breakpoint
CREATE INDEX `reports_expiring` ON `reports` (`expires_at`) WHERE expires_at is not null;