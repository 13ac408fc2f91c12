DROP INDEX `client_terms_client`;--> statement-breakpoint
CREATE INDEX `client_terms_client` ON `client_terms` (`client_id`,`term`);