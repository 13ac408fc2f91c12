CREATE TABLE `ticket_field_values` (
	`seq` integer NOT NULL,
	`workspace_id` text NOT NULL,
	`key` text NOT NULL,
	`value` text NOT NULL,
	`state` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`seq`) REFERENCES `tickets`(`seq`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ticket_field_values_pair` ON `ticket_field_values` (`workspace_id`,`key`,`value`,`state`,`created_at`,`seq`);--> statement-breakpoint
CREATE INDEX `ticket_field_values_ticket` ON `ticket_field_values` (`seq`);