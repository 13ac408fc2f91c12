CREATE TABLE `rule_runs` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`rule_id` text NOT NULL,
	`occasion` text NOT NULL,
	`trigger` text NOT NULL,
	`subject_id` text NOT NULL,
	`outcome` text NOT NULL,
	`reason` text,
	`results` text NOT NULL,
	`chain` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `rule_runs_occasion` ON `rule_runs` (`workspace_id`,`rule_id`,`occasion`);--> statement-breakpoint
CREATE INDEX `rule_runs_workspace` ON `rule_runs` (`workspace_id`,`id`);--> statement-breakpoint
CREATE INDEX `rule_runs_subject` ON `rule_runs` (`workspace_id`,`rule_id`,`subject_id`,`at`);--> statement-breakpoint
CREATE INDEX `rule_runs_age` ON `rule_runs` (`at`);--> statement-breakpoint
CREATE TABLE `rule_watches` (
	`workspace_id` text NOT NULL,
	`ticket_id` text NOT NULL,
	`opened_at` integer NOT NULL,
	`state` text NOT NULL,
	`state_since` integer NOT NULL,
	`customer_waits_since` integer,
	`customer_silent_since` integer,
	PRIMARY KEY(`workspace_id`, `ticket_id`)
);
--> statement-breakpoint
CREATE TABLE `rules` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`enabled` integer NOT NULL,
	`position` integer NOT NULL,
	`trigger` text NOT NULL,
	`when` text NOT NULL,
	`conditions` text NOT NULL,
	`actions` text NOT NULL,
	`stops` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `rules_position` ON `rules` (`workspace_id`,`position`,`id`);--> statement-breakpoint
CREATE INDEX `rules_trigger` ON `rules` (`workspace_id`,`trigger`,`position`) WHERE enabled = 1;