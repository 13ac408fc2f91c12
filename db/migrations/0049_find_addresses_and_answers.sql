-- For who is erased: indexes by expressions, which the schema's tools can't write.
CREATE INDEX `throttle_marks_address` ON `throttle_marks`
  (`workspace_id`, substr(mark, instr(mark, ' ') + 1 + instr(substr(mark, instr(mark, ' ') + 1), ' ')));
--> statement-breakpoint
CREATE INDEX `notification_digests_address` ON `notification_digests`
  (`workspace_id`, substr(mark, instr(mark, ' ') + 1 + instr(substr(mark, instr(mark, ' ') + 1), ' ')));
--> statement-breakpoint
CREATE INDEX `idempotency_workspace` ON `idempotency_keys`
  (substr(owner, instr(owner, '@') + 1)) WHERE status IS NOT NULL;
