-- Persons who were removed or merged lost their contacts; the audit log says whose they were last.
insert or ignore into former_client_contacts (workspace_id, contact_id, client_id)
with recursive
  last(workspace_id, client_id, contact_id, action, id) as (
    select workspace_id, subject_id, detail ->> 'contactId', action, max(id) from audit_log
    where action in ('client.link_contact', 'client.unlink_contact')
    group by workspace_id, subject_id, detail ->> 'contactId'),
  became(was, contact_id) as materialized (
    select subject_id, detail ->> 'into' from audit_log where action = 'contact.merge'),
  led(workspace_id, client_id, contact_id) as (
    select l.workspace_id, l.client_id, l.contact_id from last l
    join clients c on c.id = l.client_id and c.workspace_id = l.workspace_id
    where l.action = 'client.link_contact' and c.kind = 'person' and c.removed_at is not null
    union select led.workspace_id, led.client_id, became.contact_id from led join became on became.was = led.contact_id)
select led.workspace_id, led.contact_id, led.client_id from led
join contacts k on k.id = led.contact_id and k.workspace_id = led.workspace_id;
--> statement-breakpoint
-- Whose contacts were erased meanwhile was to be emptied with the last of them.
update clients set name = '', tax_id = null, external_id = null, email = null, phone = null, notes = null,
  labels = '[]', custom = '{}', updated_at = unixepoch() * 1000
where id in (select f.client_id from former_client_contacts f join contacts k on k.id = f.contact_id
  group by f.client_id having sum(k.erased_at is null) = 0);
--> statement-breakpoint
update sites set name = '', address = '', timezone = null, latitude = null, longitude = null, hours = null,
  access_notes = null, updated_at = unixepoch() * 1000
where client_id in (select f.client_id from former_client_contacts f join contacts k on k.id = f.contact_id
  group by f.client_id having sum(k.erased_at is null) = 0);
--> statement-breakpoint
update events set data = '{"erased":true}'
where subject_id in (select f.client_id from former_client_contacts f join contacts k on k.id = f.contact_id
  group by f.client_id having sum(k.erased_at is null) = 0);
--> statement-breakpoint
update notification_deliveries set subject = null, text = null, html = null,
  reason = iif(state = 'pending', 'erased', reason), state = iif(state = 'pending', 'skipped', state)
where notification_id in (
  select n.id from clients c join notifications n on n.workspace_id = c.workspace_id and n.subject_id = c.id
  where c.id in (select f.client_id from former_client_contacts f join contacts k on k.id = f.contact_id
    group by f.client_id having sum(k.erased_at is null) = 0));
--> statement-breakpoint
delete from former_client_contacts where contact_id in (select id from contacts where erased_at is not null);
