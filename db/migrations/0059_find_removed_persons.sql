CREATE TABLE `former_client_contacts` (
	`workspace_id` text NOT NULL,
	`contact_id` text NOT NULL,
	`client_id` text NOT NULL,
	PRIMARY KEY(`contact_id`, `client_id`),
	FOREIGN KEY (`contact_id`) REFERENCES `contacts`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`client_id`) REFERENCES `clients`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `former_client_contacts_client` ON `former_client_contacts` (`client_id`);