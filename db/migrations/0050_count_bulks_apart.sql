CREATE TABLE `notification_counts` (
	`notification_id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`size` integer NOT NULL,
	`waiting` integer NOT NULL,
	`pending` integer DEFAULT 0 NOT NULL,
	`sending` integer DEFAULT 0 NOT NULL,
	`sent` integer DEFAULT 0 NOT NULL,
	`delivered` integer DEFAULT 0 NOT NULL,
	`read` integer DEFAULT 0 NOT NULL,
	`failed` integer DEFAULT 0 NOT NULL,
	`skipped` integer DEFAULT 0 NOT NULL,
	`outcome_unknown` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`notification_id`) REFERENCES `notifications`(`id`) ON UPDATE no action ON DELETE cascade
);
