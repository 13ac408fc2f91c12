CREATE TABLE `schedule_ticks` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`schedule_id` text NOT NULL,
	`due_at` integer NOT NULL,
	`manual` integer NOT NULL,
	`outcome` text NOT NULL,
	`count` integer NOT NULL,
	`task_id` text,
	`reason` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`schedule_id`) REFERENCES `task_schedules`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `schedule_ticks_schedule` ON `schedule_ticks` (`workspace_id`,`schedule_id`,`id`);--> statement-breakpoint
CREATE INDEX `schedule_ticks_waiting` ON `schedule_ticks` (`schedule_id`,`due_at`) WHERE outcome = 'waiting';--> statement-breakpoint
CREATE INDEX `schedule_ticks_created` ON `schedule_ticks` (`created_at`);--> statement-breakpoint
CREATE UNIQUE INDEX `schedule_ticks_once` ON `schedule_ticks` (`schedule_id`,`due_at`) WHERE manual = 0;--> statement-breakpoint
CREATE TABLE `task_schedules` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`cron` text,
	`zone` text NOT NULL,
	`every_ms` integer,
	`starts_at` integer,
	`overlap` text NOT NULL,
	`catch_up` text NOT NULL,
	`catch_up_limit` integer NOT NULL,
	`function_name` text NOT NULL,
	`args` text NOT NULL,
	`priority` text NOT NULL,
	`worker_type` text,
	`enabled` integer NOT NULL,
	`next_at` integer,
	`look_at` integer,
	`last_at` integer,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `task_schedules_workspace` ON `task_schedules` (`workspace_id`,`id`);--> statement-breakpoint
CREATE INDEX `task_schedules_look` ON `task_schedules` (`look_at`) WHERE look_at is not null;