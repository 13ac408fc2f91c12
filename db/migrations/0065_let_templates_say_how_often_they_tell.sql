ALTER TABLE `notification_templates` ADD `throttle` text;--> statement-breakpoint
ALTER TABLE `notification_templates` ADD `digest_minutes` integer;