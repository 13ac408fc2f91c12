-- How many deliveries of a notification to many are in each state, whatever moves them: a list of such notifications
-- counted all of them each time. Of one to few there is no row, so that nothing is counted.
INSERT INTO notification_counts (notification_id, workspace_id, size, waiting,
  pending, sending, sent, delivered, read, failed, skipped, outcome_unknown)
SELECT n.id, n.workspace_id,
  coalesce((SELECT sum(c.size) FROM notification_chunks c WHERE c.notification_id = n.id), 0),
  coalesce((SELECT sum(c.size) FROM notification_chunks c WHERE c.notification_id = n.id AND c.done_at IS NULL), 0),
  (SELECT count(*) FROM notification_deliveries d WHERE d.notification_id = n.id AND d.state = 'pending'),
  (SELECT count(*) FROM notification_deliveries d WHERE d.notification_id = n.id AND d.state = 'sending'),
  (SELECT count(*) FROM notification_deliveries d WHERE d.notification_id = n.id AND d.state = 'sent'),
  (SELECT count(*) FROM notification_deliveries d WHERE d.notification_id = n.id AND d.state = 'delivered'),
  (SELECT count(*) FROM notification_deliveries d WHERE d.notification_id = n.id AND d.state = 'read'),
  (SELECT count(*) FROM notification_deliveries d WHERE d.notification_id = n.id AND d.state = 'failed'),
  (SELECT count(*) FROM notification_deliveries d WHERE d.notification_id = n.id AND d.state = 'skipped'),
  (SELECT count(*) FROM notification_deliveries d WHERE d.notification_id = n.id AND d.state = 'outcome_unknown')
FROM notifications n WHERE n.bulk = 1;
--> statement-breakpoint
CREATE TRIGGER notification_counts_more AFTER INSERT ON notification_deliveries BEGIN
  UPDATE notification_counts SET
    pending = pending + (new.state = 'pending'),
    sending = sending + (new.state = 'sending'),
    sent = sent + (new.state = 'sent'),
    delivered = delivered + (new.state = 'delivered'),
    read = read + (new.state = 'read'),
    failed = failed + (new.state = 'failed'),
    skipped = skipped + (new.state = 'skipped'),
    outcome_unknown = outcome_unknown + (new.state = 'outcome_unknown')
  WHERE notification_id = new.notification_id;
END;
--> statement-breakpoint
CREATE TRIGGER notification_counts_moved AFTER UPDATE OF state ON notification_deliveries
WHEN old.state <> new.state BEGIN
  UPDATE notification_counts SET
    pending = pending + (new.state = 'pending') - (old.state = 'pending'),
    sending = sending + (new.state = 'sending') - (old.state = 'sending'),
    sent = sent + (new.state = 'sent') - (old.state = 'sent'),
    delivered = delivered + (new.state = 'delivered') - (old.state = 'delivered'),
    read = read + (new.state = 'read') - (old.state = 'read'),
    failed = failed + (new.state = 'failed') - (old.state = 'failed'),
    skipped = skipped + (new.state = 'skipped') - (old.state = 'skipped'),
    outcome_unknown = outcome_unknown + (new.state = 'outcome_unknown') - (old.state = 'outcome_unknown')
  WHERE notification_id = new.notification_id;
END;
--> statement-breakpoint
CREATE TRIGGER notification_counts_less AFTER DELETE ON notification_deliveries BEGIN
  UPDATE notification_counts SET
    pending = pending - (old.state = 'pending'),
    sending = sending - (old.state = 'sending'),
    sent = sent - (old.state = 'sent'),
    delivered = delivered - (old.state = 'delivered'),
    read = read - (old.state = 'read'),
    failed = failed - (old.state = 'failed'),
    skipped = skipped - (old.state = 'skipped'),
    outcome_unknown = outcome_unknown - (old.state = 'outcome_unknown')
  WHERE notification_id = old.notification_id;
END;
