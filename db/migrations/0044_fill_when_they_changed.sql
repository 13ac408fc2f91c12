-- What is there already changed when its latest time says so.
update conversations set changed_at = max(last_message_at, coalesce(closed_at, 0), created_at);
--> statement-breakpoint
update sla_clocks set updated_at =
  max(created_at, coalesce(warned_at, 0), coalesce(breached_at, 0), coalesce(ended_at, 0));
