ALTER TABLE `mailboxes` ADD `refresh_token` text;--> statement-breakpoint
ALTER TABLE `mailboxes` ADD `refresh_token_of` text;