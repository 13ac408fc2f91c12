DROP TABLE `report_schedules`;--> statement-breakpoint
ALTER TABLE `reports` DROP COLUMN `schedule_id`;