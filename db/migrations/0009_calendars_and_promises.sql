CREATE TABLE `business_calendars` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`name` text NOT NULL,
	`is_default` integer NOT NULL,
	`revision` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `business_calendars_workspace` ON `business_calendars` (`workspace_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `business_calendars_default` ON `business_calendars` (`workspace_id`) WHERE is_default = 1;--> statement-breakpoint
CREATE TABLE `calendar_revisions` (
	`workspace_id` text NOT NULL,
	`calendar_id` text NOT NULL,
	`revision` integer NOT NULL,
	`calendar` text NOT NULL,
	`from_at` integer NOT NULL,
	PRIMARY KEY(`workspace_id`, `calendar_id`, `revision`)
);
--> statement-breakpoint
CREATE TABLE `sla_clocks` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`ticket_id` text NOT NULL,
	`kind` text NOT NULL,
	`policy_id` text NOT NULL,
	`priority` text NOT NULL,
	`calendar_id` text,
	`calendar_revision` integer NOT NULL,
	`state` text NOT NULL,
	`target_ms` integer,
	`warn_ms` integer,
	`elapsed_ms` integer NOT NULL,
	`since` integer,
	`warn_at` integer,
	`due_at` integer,
	`warned_at` integer,
	`breached_at` integer,
	`ended_at` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sla_clocks_open` ON `sla_clocks` (`workspace_id`,`ticket_id`,`kind`) WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX `sla_clocks_ticket` ON `sla_clocks` (`workspace_id`,`ticket_id`,`id`);--> statement-breakpoint
CREATE INDEX `sla_clocks_due` ON `sla_clocks` (`workspace_id`,`state`,`due_at`,`id`);--> statement-breakpoint
CREATE INDEX `sla_clocks_calendar` ON `sla_clocks` (`workspace_id`,`calendar_id`,`id`) WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX `sla_clocks_created` ON `sla_clocks` (`workspace_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `sla_policies` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`counts` text NOT NULL,
	`calendar_id` text,
	`targets` text NOT NULL,
	`warn` text,
	`is_default` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`calendar_id`) REFERENCES `business_calendars`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `sla_policies_workspace` ON `sla_policies` (`workspace_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `sla_policies_default` ON `sla_policies` (`workspace_id`) WHERE is_default = 1;