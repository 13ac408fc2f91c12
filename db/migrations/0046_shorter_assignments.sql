-- Why somebody has a ticket takes a tenth of the room: rows without names (lib/tickets/assign.ts). A ticket filled a page.
UPDATE `tickets` SET `assignment` = json_object(
  'decision', `assignment` ->> 'decision',
  'operator_id', `assignment` ->> 'operator_id',
  'team_id', `assignment` ->> 'team_id',
  'by', `assignment` ->> 'by',
  'at', CAST(round(unixepoch(`assignment` ->> 'at', 'subsec') * 1000) AS INTEGER),
  'looked', json((
    SELECT json_group_array(json_array(
      c.`value` ->> 'operator_id', c.`value` ->> 'team_id', c.`value` ->> 'outcome', c.`value` ->> 'fit',
      c.`value` ->> 'load', c.`value` ->> 'capacity',
      CAST(round((unixepoch(`assignment` ->> 'at', 'subsec')
        - unixepoch(c.`value` ->> 'waiting_since', 'subsec')) * 1000) AS INTEGER)))
    FROM json_each(`assignment`, '$.explanation') c)))
WHERE `assignment` ->> 'explanation' IS NOT NULL;
