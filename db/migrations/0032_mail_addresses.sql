CREATE TABLE `mail_addresses` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`address` text NOT NULL,
	`team_id` text,
	`category_id` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `mail_addresses_address` ON `mail_addresses` (`address`);--> statement-breakpoint
CREATE INDEX `mail_addresses_workspace` ON `mail_addresses` (`workspace_id`,`id`);