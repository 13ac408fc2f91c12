DROP INDEX `notification_deliveries_of`;--> statement-breakpoint
DROP INDEX `notification_deliveries_inbox`;--> statement-breakpoint
CREATE INDEX `notification_deliveries_of` ON `notification_deliveries` (`notification_id`,`state`,`id`);--> statement-breakpoint
CREATE INDEX `notification_deliveries_inbox` ON `notification_deliveries` (`workspace_id`,`user_id`,`state`,`id`) WHERE channel = 'in_app';--> statement-breakpoint
CREATE INDEX `rule_runs_rule` ON `rule_runs` (`workspace_id`,`rule_id`,`id`);