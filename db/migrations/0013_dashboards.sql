CREATE TABLE `rollups` (
	`workspace_id` text NOT NULL,
	`metric` text NOT NULL,
	`bucket` integer NOT NULL,
	`dimension` text NOT NULL,
	`value` integer NOT NULL,
	PRIMARY KEY(`workspace_id`, `metric`, `bucket`, `dimension`)
);
