ALTER TABLE `tickets` ADD `sentiment` real;--> statement-breakpoint
ALTER TABLE `tickets` ADD `mood` text;--> statement-breakpoint
CREATE INDEX `tickets_mood` ON `tickets` (`workspace_id`,`mood`,`state`,`created_at`) WHERE mood is not null;