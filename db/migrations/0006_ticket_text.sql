-- The full-text index over tickets, under their `seq`. It keeps no copy of the text: `workspace` is one token, so that
-- a tenant's search never walks another's postings; the others hold stems made in lib/knowledge/text.
CREATE VIRTUAL TABLE `ticket_fts` USING fts5(
	workspace, subject, body,
	content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2 tokenchars '_'"
);
--> statement-breakpoint
-- However a ticket goes, its index row goes with it.
CREATE TRIGGER `tickets_unindex` AFTER DELETE ON `tickets` BEGIN
	DELETE FROM ticket_fts WHERE rowid = old.seq;
END;
