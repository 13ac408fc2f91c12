DROP INDEX `sla_clocks_ticket`;--> statement-breakpoint
DROP INDEX `sla_clocks_calendar`;--> statement-breakpoint
CREATE INDEX `sla_clocks_over` ON `sla_clocks` (`workspace_id`,`ticket_id`) WHERE ended_at is not null;