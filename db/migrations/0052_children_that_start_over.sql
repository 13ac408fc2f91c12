-- A child that starts over has not ended: without this its second end was counted as another child's, and the parent
-- went on while that one still ran.
CREATE TRIGGER `jobs_child_started_over` AFTER UPDATE OF `state` ON `jobs`
WHEN new.parent_id IS NOT NULL AND old.state >= 3 AND new.state < 3
BEGIN
	UPDATE jobs SET children_left = children_left + 1 WHERE id = new.parent_id;
END;
