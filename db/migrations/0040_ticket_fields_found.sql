-- The tickets that are there are found by their custom fields too (lib/tickets/store-fields.ts): a value each, of a
-- choice of several one for each.
INSERT INTO `ticket_field_values` (`seq`, `workspace_id`, `key`, `value`, `state`, `created_at`)
SELECT t.`seq`, t.`workspace_id`, f.`key`,
  CASE f.`type` WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(f.`value` AS TEXT) END,
  t.`state`, t.`created_at`
FROM `tickets` t CROSS JOIN json_each(t.`fields`) f
WHERE t.`fields` <> '{}' AND f.`type` IN ('text', 'integer', 'real', 'true', 'false') AND length(f.`value`) <= 200
UNION
SELECT t.`seq`, t.`workspace_id`, f.`key`, CAST(v.`value` AS TEXT), t.`state`, t.`created_at`
FROM `tickets` t CROSS JOIN json_each(t.`fields`) f CROSS JOIN json_each(f.`value`) v
WHERE t.`fields` <> '{}' AND f.`type` = 'array' AND length(v.`value`) <= 200;
