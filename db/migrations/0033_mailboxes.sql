CREATE TABLE `mailboxes` (
	`account` text PRIMARY KEY NOT NULL,
	`uid_validity` integer,
	`last_uid` integer NOT NULL,
	`holder` text,
	`held_until` integer,
	`error` text,
	`looked_at` integer
);
