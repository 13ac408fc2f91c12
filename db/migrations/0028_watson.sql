CREATE TABLE `watson_activities` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`session_id` text NOT NULL,
	`turn` text,
	`text` text NOT NULL,
	`intent` text NOT NULL,
	`confidence` real NOT NULL,
	`source` text NOT NULL,
	`action` text,
	`outcome` text NOT NULL,
	`reply` text NOT NULL,
	`result` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`session_id`) REFERENCES `watson_sessions`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `watson_activities_session` ON `watson_activities` (`workspace_id`,`session_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `watson_activities_turn` ON `watson_activities` (`session_id`,`turn`);--> statement-breakpoint
CREATE INDEX `watson_activities_recent` ON `watson_activities` (`workspace_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `watson_examples` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`intent` text NOT NULL,
	`text` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `watson_examples_text` ON `watson_examples` (`workspace_id`,`text`);--> statement-breakpoint
CREATE TABLE `watson_sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`external_id` text NOT NULL,
	`user` text,
	`locale` text,
	`pending` text,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`last_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `watson_sessions_external` ON `watson_sessions` (`workspace_id`,`external_id`);--> statement-breakpoint
CREATE INDEX `watson_sessions_last` ON `watson_sessions` (`workspace_id`,`last_at`);