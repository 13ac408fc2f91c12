CREATE INDEX `attachments_blob` ON `attachments` (`blob_key`);--> statement-breakpoint
CREATE INDEX `ticket_attachments_blob` ON `ticket_attachments` (`blob_key`);