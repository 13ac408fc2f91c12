CREATE TABLE `busy_times` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`calendar_id` text NOT NULL,
	`operator_id` text NOT NULL,
	`starts_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	`visit_id` text,
	FOREIGN KEY (`calendar_id`) REFERENCES `connected_calendars`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `busy_times_operator` ON `busy_times` (`workspace_id`,`operator_id`,`starts_at`);--> statement-breakpoint
CREATE INDEX `busy_times_calendar` ON `busy_times` (`calendar_id`);--> statement-breakpoint
CREATE TABLE `connected_calendars` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`operator_id` text NOT NULL,
	`name` text NOT NULL,
	`url` text NOT NULL,
	`host` text NOT NULL,
	`next_look_at` integer NOT NULL,
	`looked_at` integer,
	`read_at` integer,
	`worked_out_at` integer,
	`error` text,
	`failures` integer DEFAULT 0 NOT NULL,
	`etag` text,
	`last_modified` text,
	`events` integer DEFAULT 0 NOT NULL,
	`skipped` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `connected_calendars_operator` ON `connected_calendars` (`workspace_id`,`operator_id`,`id`);--> statement-breakpoint
CREATE INDEX `connected_calendars_due` ON `connected_calendars` (`next_look_at`);