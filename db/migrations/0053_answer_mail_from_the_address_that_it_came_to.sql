ALTER TABLE `connected_calendars` ADD `connected_by` text;--> statement-breakpoint
ALTER TABLE `connected_calendars` ADD `told_at` integer;--> statement-breakpoint
ALTER TABLE `mail_threads` ADD `address` text;