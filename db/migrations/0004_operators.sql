CREATE TABLE `operators` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`user_id` text,
	`name` text NOT NULL,
	`email` text,
	`phone` text,
	`skills` text NOT NULL,
	`languages` text NOT NULL,
	`capacity` integer NOT NULL,
	`load` integer DEFAULT 0 NOT NULL,
	`presence` text NOT NULL,
	`presence_until` integer,
	`last_seen_at` integer,
	`timezone` text NOT NULL,
	`hours` text,
	`days_off` text NOT NULL,
	`active` integer DEFAULT true NOT NULL,
	`last_assigned_at` integer,
	`removed_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `operators_workspace` ON `operators` (`workspace_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `operators_user` ON `operators` (`workspace_id`,`user_id`) WHERE user_id is not null and removed_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX `operators_email` ON `operators` (`workspace_id`,`email`) WHERE email is not null and removed_at is null;--> statement-breakpoint
CREATE TABLE `team_members` (
	`workspace_id` text NOT NULL,
	`team_id` text NOT NULL,
	`operator_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`team_id`, `operator_id`),
	FOREIGN KEY (`team_id`) REFERENCES `teams`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`operator_id`) REFERENCES `operators`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `team_members_operator` ON `team_members` (`workspace_id`,`operator_id`);--> statement-breakpoint
CREATE TABLE `teams` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`name` text NOT NULL,
	`skills` text NOT NULL,
	`when_busy` text NOT NULL,
	`overflow_team_id` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `teams_workspace` ON `teams` (`workspace_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `teams_name` ON `teams` (`workspace_id`,`name`);