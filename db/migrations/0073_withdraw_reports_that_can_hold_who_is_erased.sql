ALTER TABLE `reports` ADD `personal` integer DEFAULT true NOT NULL;--> statement-breakpoint
CREATE INDEX `reports_personal` ON `reports` (`workspace_id`,`state`) WHERE personal = 1;--> statement-breakpoint
ALTER TABLE `ticket_comments` ADD `about_id` text;--> statement-breakpoint
CREATE INDEX `ticket_comments_about` ON `ticket_comments` (`workspace_id`,`about_id`) WHERE about_id is not null;