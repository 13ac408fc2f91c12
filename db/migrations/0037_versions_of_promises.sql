ALTER TABLE `rules` ADD `version` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `business_calendars` ADD `version` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `sla_policies` ADD `version` integer DEFAULT 1 NOT NULL;