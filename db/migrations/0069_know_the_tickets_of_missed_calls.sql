-- Tickets that a missed call opened before calls were counted: the next call finds them.
UPDATE `calls` SET `missed_ticket_id` = `ticket_id`
WHERE `state` = 'missed' AND `missed_told_at` IS NOT NULL AND `ticket_id` IN (
  SELECT `id` FROM `tickets` WHERE `source` = 'phone' AND `created_by` LIKE 'system:%'
);--> statement-breakpoint
UPDATE `tickets` SET `missed_calls` = (
  SELECT count(*) FROM `calls` WHERE `calls`.`missed_ticket_id` = `tickets`.`id`
) WHERE `id` IN (SELECT `missed_ticket_id` FROM `calls` WHERE `missed_ticket_id` IS NOT NULL);
