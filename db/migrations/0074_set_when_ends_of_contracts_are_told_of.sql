CREATE TABLE `client_settings` (
	`workspace_id` text PRIMARY KEY NOT NULL,
	`contract_warning_days` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `clients_ending` ON `clients` (`workspace_id`,`id`) WHERE contract_ends is not null and removed_at is null;