CREATE TABLE `workers` (
	`id` text PRIMARY KEY NOT NULL,
	`host` text NOT NULL,
	`pid` integer NOT NULL,
	`lanes` text NOT NULL,
	`running` integer NOT NULL,
	`cpu` real NOT NULL,
	`rss_bytes` integer NOT NULL,
	`beats` integer NOT NULL,
	`started_at` integer NOT NULL,
	`beat_at` integer NOT NULL
);
