CREATE TABLE `job_attempts` (
	`job_id` text NOT NULL,
	`fence` integer NOT NULL,
	`number` integer NOT NULL,
	`worker` text,
	`started_at` integer,
	`ended_at` integer NOT NULL,
	`outcome` text NOT NULL,
	`error` text,
	PRIMARY KEY(`job_id`, `fence`),
	FOREIGN KEY (`job_id`) REFERENCES `jobs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `lane_controls` (
	`lane` text NOT NULL,
	`workspace_id` text NOT NULL,
	`paused` integer DEFAULT false NOT NULL,
	`draining` integer DEFAULT false NOT NULL,
	`concurrency` integer,
	`changed_at` integer NOT NULL,
	`changed_by` text NOT NULL,
	PRIMARY KEY(`lane`, `workspace_id`)
);
--> statement-breakpoint
ALTER TABLE `jobs` ADD `parent_id` text;--> statement-breakpoint
ALTER TABLE `jobs` ADD `children_left` integer;--> statement-breakpoint
ALTER TABLE `jobs` ADD `continue_when` text;--> statement-breakpoint
CREATE INDEX `jobs_children` ON `jobs` (`parent_id`,`id`) WHERE parent_id is not null;