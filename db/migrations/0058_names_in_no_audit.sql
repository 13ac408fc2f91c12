-- The audit log says who did what to which id: names of clients and sites stood in it after the person was erased.
update audit_log set detail = json_remove(detail, '$.name')
where action in ('client.create', 'client.remove', 'site.create', 'site.remove') and detail ->> 'name' is not null;
