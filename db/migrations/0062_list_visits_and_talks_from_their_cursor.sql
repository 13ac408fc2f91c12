DROP INDEX `conversations_state`;--> statement-breakpoint
CREATE INDEX `conversations_state` ON `conversations` (`workspace_id`,`state`,`last_message_at`,`id`);--> statement-breakpoint
CREATE INDEX `visits_of_operator` ON `visits` (`workspace_id`,`operator_id`,`id`);