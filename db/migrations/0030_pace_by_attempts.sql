ALTER TABLE `message_attempts` ADD `account_id` text;--> statement-breakpoint
ALTER TABLE `message_attempts` ADD `contact_id` text;--> statement-breakpoint
CREATE INDEX `message_attempts_account` ON `message_attempts` (`account_id`,`started_at`);--> statement-breakpoint
CREATE INDEX `message_attempts_pair` ON `message_attempts` (`account_id`,`contact_id`,`started_at`);