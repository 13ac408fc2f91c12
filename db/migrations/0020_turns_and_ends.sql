-- Whose turn it is: the ready jobs of a lane by workspace, so that a claim can go round the workspaces and costs the
-- same at any depth (lib/jobs/turn-store.ts). An expression, which the schema's generator can't write.
CREATE INDEX `jobs_turn` ON `jobs` (`lane`, coalesce(`workspace_id`, ''), `rank`) WHERE state = 0;
--> statement-breakpoint
-- Runs of tasks that came to anything but their good end, whatever ended them: an outcome, a sweep, a cancel. A claim
-- that is undone before its run (attempts back, same time) was no run. A lost one is known by its text. The clock is the database's own.
CREATE TRIGGER `jobs_attempt_ended` AFTER UPDATE OF `state` ON `jobs`
WHEN old.state = 2 AND new.state <> 3 AND new.submitted_by IS NOT NULL
	AND NOT (new.attempts < old.attempts AND new.run_at = old.run_at)
BEGIN
	INSERT OR REPLACE INTO job_attempts (job_id, fence, number, worker, started_at, ended_at, outcome, error)
	VALUES (
		old.id, old.fence, old.attempts, old.worker, old.started_at,
		coalesce(new.finished_at, CAST(unixepoch('subsec') * 1000 AS INTEGER)),
		CASE
			WHEN new.state = 4 THEN 'dead'
			WHEN new.state = 5 THEN 'cancelled'
			WHEN new.last_error = 'its process died or hung' THEN 'lost'
			WHEN new.attempts < old.attempts THEN 'put_off'
			ELSE 'failed'
		END,
		CASE WHEN new.state = 5 THEN NULL ELSE new.last_error END
	);
END;
--> statement-breakpoint
-- A parent that waits goes on in the commit in which its last child ends, or the first that decides.
CREATE TRIGGER `jobs_child_ended` AFTER UPDATE OF `state` ON `jobs`
WHEN new.parent_id IS NOT NULL AND old.state < 3 AND new.state >= 3
BEGIN
	UPDATE jobs SET children_left = children_left - 1 WHERE id = new.parent_id;
	UPDATE jobs SET state = 0, run_at = new.finished_at, rank = new.finished_at - priority * 60000, continue_when = NULL
	WHERE id = new.parent_id AND state = 1 AND (
		(continue_when IS NOT NULL AND children_left <= 0)
		OR (continue_when = 'any' AND new.state = 3)
		OR (continue_when = 'first_failure' AND new.state <> 3)
	);
END;
