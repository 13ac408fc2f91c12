CREATE TABLE `client_contacts` (
	`contact_id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`client_id` text NOT NULL,
	`role` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`contact_id`) REFERENCES `contacts`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`client_id`) REFERENCES `clients`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `client_contacts_client` ON `client_contacts` (`workspace_id`,`client_id`,`contact_id`);--> statement-breakpoint
CREATE TABLE `client_terms` (
	`workspace_id` text NOT NULL,
	`term` text NOT NULL,
	`client_id` text NOT NULL,
	PRIMARY KEY(`workspace_id`, `term`, `client_id`),
	FOREIGN KEY (`client_id`) REFERENCES `clients`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `client_terms_client` ON `client_terms` (`client_id`);--> statement-breakpoint
CREATE TABLE `clients` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`tax_id` text,
	`external_id` text,
	`email` text,
	`phone` text,
	`contract_starts` text,
	`contract_ends` text,
	`contract_plan` text,
	`sla_policy_id` text,
	`language` text,
	`timezone` text,
	`notes` text,
	`labels` text NOT NULL,
	`custom` text NOT NULL,
	`merged_into` text,
	`removed_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `clients_workspace` ON `clients` (`workspace_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `clients_external` ON `clients` (`workspace_id`,`external_id`) WHERE external_id is not null and removed_at is null;--> statement-breakpoint
CREATE INDEX `clients_merged` ON `clients` (`workspace_id`,`merged_into`) WHERE merged_into is not null;--> statement-breakpoint
CREATE TABLE `sites` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`client_id` text NOT NULL,
	`name` text NOT NULL,
	`address` text NOT NULL,
	`timezone` text,
	`latitude` real,
	`longitude` real,
	`hours` text,
	`access_notes` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`client_id`) REFERENCES `clients`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `sites_client` ON `sites` (`workspace_id`,`client_id`,`id`);