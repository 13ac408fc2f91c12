-- Contracts from before their ends were told of: the time of each that is to come, as of those that are written now.
INSERT INTO `jobs` (
  `id`, `workspace_id`, `lane`, `name`, `state`, `priority`, `run_at`, `rank`, `max_attempts`, `payload`,
  `created_at`, `dedup_key`
)
SELECT
  'job_' || lower(hex(randomblob(13))), `workspace_id`, 'default', 'clients.contract_ends', 1, 0, `run_at`,
  `run_at`, 20, json_object('clientId', `id`, 'ends', `contract_ends`), `now`,
  'clients.contract_ends:' || `workspace_id` || ':' || `id` || ':' || `contract_ends`
FROM (
  SELECT `id`, `workspace_id`, `contract_ends`, unixepoch('now') * 1000 AS `now`,
    unixepoch(`contract_ends`, '-14 days', '+15 hours') * 1000 AS `run_at`
  FROM `clients`
  WHERE `contract_ends` >= date('now') AND `removed_at` IS NULL
);
