ALTER TABLE `conversations` ADD `sentiment` real;--> statement-breakpoint
ALTER TABLE `conversations` ADD `mood` text;--> statement-breakpoint
CREATE INDEX `conversations_mood` ON `conversations` (`workspace_id`,`mood`,`last_message_at`,`id`) WHERE mood is not null;