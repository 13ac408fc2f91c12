-- Sites of clients who were removed stood: visits could still be sent there. Those of a merged one went with it.
update sites set removed_at = (select c.removed_at from clients c where c.id = sites.client_id)
where removed_at is null and client_id in
  (select c.id from clients c where c.removed_at is not null and c.merged_into is null);
