-- Of a job's attempts the newest hundred are kept: one that is put off every few seconds for days made a row each time.
CREATE TRIGGER `job_attempts_bounded` AFTER INSERT ON `job_attempts`
WHEN new.fence > 100
BEGIN
	DELETE FROM job_attempts WHERE job_id = new.job_id AND fence <= (
		SELECT fence FROM job_attempts WHERE job_id = new.job_id ORDER BY fence DESC LIMIT 1 OFFSET 100
	);
END;
