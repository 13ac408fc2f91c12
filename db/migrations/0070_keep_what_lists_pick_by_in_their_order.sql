DROP INDEX `tickets_created`;--> statement-breakpoint
DROP INDEX `tickets_updated`;--> statement-breakpoint
CREATE INDEX `tickets_created` ON `tickets` (`workspace_id`,`created_at`,`seq`,`updated_at`,`state`,`priority`,`assignee_id`,`team_id`,`category_id`);--> statement-breakpoint
CREATE INDEX `tickets_updated` ON `tickets` (`workspace_id`,`updated_at`,`seq`,`created_at`,`state`,`priority`,`assignee_id`,`team_id`,`category_id`);