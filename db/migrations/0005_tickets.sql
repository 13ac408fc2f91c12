CREATE TABLE `ticket_comments` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` text NOT NULL,
	`ticket_id` text NOT NULL,
	`visibility` text NOT NULL,
	`author` text NOT NULL,
	`author_id` text NOT NULL,
	`text` text NOT NULL,
	`mentions` text NOT NULL,
	`message_id` text,
	`origin_id` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`ticket_id`) REFERENCES `tickets`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `ticket_comments_ticket` ON `ticket_comments` (`workspace_id`,`ticket_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `ticket_comments_message` ON `ticket_comments` (`workspace_id`,`message_id`) WHERE message_id is not null;--> statement-breakpoint
CREATE TABLE `ticket_desks` (
	`workspace_id` text PRIMARY KEY NOT NULL,
	`last_number` integer DEFAULT 0 NOT NULL,
	`settings` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `ticket_history` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` text NOT NULL,
	`ticket_id` text NOT NULL,
	`action` text NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_id` text NOT NULL,
	`changes` text NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`ticket_id`) REFERENCES `tickets`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `ticket_history_ticket` ON `ticket_history` (`workspace_id`,`ticket_id`,`seq`);--> statement-breakpoint
CREATE TABLE `ticket_labels` (
	`seq` integer NOT NULL,
	`workspace_id` text NOT NULL,
	`label` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`seq`) REFERENCES `tickets`(`seq`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ticket_labels_label` ON `ticket_labels` (`workspace_id`,`label`,`created_at`,`seq`);--> statement-breakpoint
CREATE INDEX `ticket_labels_ticket` ON `ticket_labels` (`seq`);--> statement-breakpoint
CREATE TABLE `tickets` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`workspace_id` text NOT NULL,
	`number` integer NOT NULL,
	`subject` text NOT NULL,
	`description` text NOT NULL,
	`state` text NOT NULL,
	`priority` text NOT NULL,
	`source` text NOT NULL,
	`category_id` text,
	`team_id` text,
	`assignee_id` text,
	`client_id` text,
	`contact_id` text,
	`conversation_id` text,
	`labels` text NOT NULL,
	`fields` text NOT NULL,
	`locale` text,
	`assignment` text,
	`version` integer DEFAULT 1 NOT NULL,
	`due_at` integer,
	`scheduled_for` integer,
	`first_response_at` integer,
	`resolved_at` integer,
	`closed_at` integer,
	`reopens` integer DEFAULT 0 NOT NULL,
	`merged_into` text,
	`follows_id` text,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tickets_id` ON `tickets` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `tickets_number` ON `tickets` (`workspace_id`,`number`);--> statement-breakpoint
CREATE INDEX `tickets_created` ON `tickets` (`workspace_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `tickets_updated` ON `tickets` (`workspace_id`,`updated_at`);--> statement-breakpoint
CREATE INDEX `tickets_state` ON `tickets` (`workspace_id`,`state`,`priority`,`created_at`);--> statement-breakpoint
CREATE INDEX `tickets_assignee` ON `tickets` (`workspace_id`,`assignee_id`,`state`,`created_at`) WHERE assignee_id is not null;--> statement-breakpoint
CREATE INDEX `tickets_unassigned` ON `tickets` (`workspace_id`,`state`,`priority`,`created_at`) WHERE assignee_id is null and state not in ('resolved', 'closed');--> statement-breakpoint
CREATE INDEX `tickets_team` ON `tickets` (`workspace_id`,`team_id`,`state`,`created_at`) WHERE team_id is not null;--> statement-breakpoint
CREATE INDEX `tickets_category` ON `tickets` (`workspace_id`,`category_id`,`state`,`created_at`) WHERE category_id is not null;--> statement-breakpoint
CREATE INDEX `tickets_client` ON `tickets` (`workspace_id`,`client_id`,`created_at`) WHERE client_id is not null;--> statement-breakpoint
CREATE INDEX `tickets_contact` ON `tickets` (`workspace_id`,`contact_id`,`created_at`) WHERE contact_id is not null;--> statement-breakpoint
CREATE INDEX `tickets_conversation` ON `tickets` (`workspace_id`,`conversation_id`,`created_at`) WHERE conversation_id is not null;--> statement-breakpoint
CREATE INDEX `tickets_due` ON `tickets` (`workspace_id`,`due_at`) WHERE due_at is not null;