DROP INDEX `audit_actor`;--> statement-breakpoint
DROP INDEX `sla_clocks_ticket`;--> statement-breakpoint
DROP INDEX `sla_clocks_calendar`;--> statement-breakpoint
CREATE INDEX `sla_clocks_over` ON `sla_clocks` (`workspace_id`,`ticket_id`) WHERE ended_at is not null;--> statement-breakpoint
DROP INDEX `notification_deliveries_recipient`;--> statement-breakpoint
CREATE INDEX `notification_deliveries_recipient` ON `notification_deliveries` (`workspace_id`,`recipient`,`id`) WHERE channel <> 'in_app';