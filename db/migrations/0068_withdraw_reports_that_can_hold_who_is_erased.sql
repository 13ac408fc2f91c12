ALTER TABLE `reports` ADD `personal` integer DEFAULT true NOT NULL;--> statement-breakpoint
CREATE INDEX `reports_personal` ON `reports` (`workspace_id`,`state`) WHERE personal = 1;